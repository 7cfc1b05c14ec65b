/** The pre-tokeniser UnicodeScripts: a new word where the script of the writing changes. */
import { NEWER_SCRIPTED } from './unicode-newer.ts';

/** Unicode scripts by the names JavaScript knows them under; kana counts as Han. */
const SCRIPTS =
  'Common Latin Han Hiragana Katakana Hangul Cyrillic Greek Arabic Hebrew Thai Devanagari Inherited Bengali Tamil Telugu Kannada Malayalam Gujarati Gurmukhi Oriya Sinhala Lao Tibetan Myanmar Georgian Ethiopic Cherokee Canadian_Aboriginal Ogham Runic Khmer Mongolian Armenian Syriac Thaana Bopomofo Yi Old_Italic Gothic Deseret Tagalog Hanunoo Buhid Tagbanwa Limbu Tai_Le Linear_B Ugaritic Shavian Osmanya Cypriot Braille Buginese Coptic New_Tai_Lue Glagolitic Tifinagh Syloti_Nagri Old_Persian Kharoshthi Balinese Cuneiform Phoenician Phags_Pa Nko Sundanese Lepcha Ol_Chiki Vai Saurashtra Kayah_Li Rejang Lycian Carian Lydian Cham Tai_Tham Tai_Viet Avestan Egyptian_Hieroglyphs Samaritan Lisu Bamum Javanese Meetei_Mayek Imperial_Aramaic Old_South_Arabian Inscriptional_Parthian Inscriptional_Pahlavi Old_Turkic Kaithi Batak Brahmi Mandaic Chakma Meroitic_Cursive Meroitic_Hieroglyphs Miao Sharada Sora_Sompeng Takri Caucasian_Albanian Bassa_Vah Duployan Elbasan Grantha Pahawh_Hmong Khojki Linear_A Mahajani Manichaean Mende_Kikakui Modi Mro Old_North_Arabian Nabataean Palmyrene Pau_Cin_Hau Old_Permic Psalter_Pahlavi Siddham Khudawadi Tirhuta Warang_Citi Ahom Anatolian_Hieroglyphs Hatran Multani Old_Hungarian SignWriting Adlam Bhaiksuki Marchen Osage Tangut Newa'.split(
    ' ',
  );
const NEWER = new RegExp(`^[${NEWER_SCRIPTED}]`, 'v');
const PATTERNS = SCRIPTS.map((name) => new RegExp(`^\\p{Script=${name}}`, 'u'));
const scriptOfPoint = new Map<number, string>();

/** `Any` for spaces and characters without a script. */
function scriptOf(character: string): string {
  const point = character.codePointAt(0)!;
  const before = scriptOfPoint.get(point);
  if (before !== undefined) return before;
  const known = NEWER.test(character) ? -1 : PATTERNS.findIndex((pattern) => pattern.test(character));
  const found = SCRIPTS[known] ?? 'Any';
  const isJapanese = found === 'Hiragana' || found === 'Katakana' || point === 0x30fc;
  const script = character === ' ' ? 'Any' : isJapanese ? 'Han' : found;
  scriptOfPoint.set(point, script);
  return script;
}

/** What stands before the first character with a script is left out, as in Rust. */
export function splitScripts(text: string): string[] {
  const starts: number[] = [];
  let last: string | null = null;
  let at = 0;
  for (const character of text) {
    const script = scriptOf(character);
    if (script !== 'Any' && last !== 'Any' && last !== script) starts.push(at);
    if (script !== 'Any') last = script;
    at += character.length;
  }
  return starts.map((start, index) => text.slice(start, starts[index + 1] ?? text.length));
}

/** Which language a text is in, as far as perturbations care: Chinese, English (or its like), or neither. */

export type TextLanguage = 'en' | 'zh';

/** A Chinese character says about as much as this many Latin letters. */
const LETTERS_PER_CHARACTER = 3;

/**
 * Chinese when Han characters make up half of what is said, so that a few foreign names or formulas in it change nothing;
 * null for a text without words, and for scripts no perturbation is written for (kana, Hangul, Cyrillic, ...).
 */
export function languageOfText(text: string): TextLanguage | null {
  let han = 0;
  let latin = 0;
  let other = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) latin++;
    else if (code < 0xc0) continue;
    else if (code < 0x250) latin++;
    else if (code >= 0x4e00 && code <= 0x9fff) han++;
    else if (isOtherScript(code)) other++;
  }
  const chinese = han * LETTERS_PER_CHARACTER;
  const foreign = other * LETTERS_PER_CHARACTER;
  if (foreign > (chinese + latin) / 2) return null;
  if (chinese > 0 && chinese >= latin) return 'zh';
  return latin > 0 ? 'en' : null;
}

/** Cyrillic to Thai and Ethiopic, kana, Hangul. */
function isOtherScript(code: number): boolean {
  return (code >= 0x400 && code <= 0x1fff) || (code >= 0x3041 && code <= 0x30ff) || (code >= 0xac00 && code <= 0xd7a3);
}

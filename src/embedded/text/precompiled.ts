/**
 * SentencePiece's own normalisation table (`precompiled_charsmap`): a double-array trie from UTF-8 to replacement texts, applied to
 * grapheme clusters and then to characters, as the Rust library does (including that the shortest prefix found replaces the whole).
 */
import type { Normalise } from './normaliser.ts';
import { type Part, textIn } from './spec.ts';

/** A cluster of more UTF-8 bytes is only looked at character by character. */
const LONGEST_CLUSTER = 5;
/** Characters that are a cluster of their own when the next one is such a character too. */
const PLAIN = '[ -\\u02ff\\u3001-\\u3029\\u3041-\\u3096\\u30a1-\\u30fa\\u4e00-\\u9fff\\uff01-\\uff9d]';
const PLAIN_RUN = new RegExp(`${PLAIN}+(?=${PLAIN}|$)|.+?(?=${PLAIN}{2}|$)`, 'gsu');
const IS_PLAIN = new RegExp(`^${PLAIN}+$`, 'u');
const ALL_ASCII = /^[ -~]*$/;
/** Remembered before all are forgotten. */
const MOST_KNOWN = 50_000;

/** @throws TypeError when the table is cut short */
export function precompiledNormaliser(part: Part): Normalise {
  const find = readTable(Buffer.from(textIn(part, 'precompiled_charsmap'), 'base64'));
  const known = new Map<string, string>();
  const replaced = (cluster: string) => {
    const whole = Buffer.byteLength(cluster) <= LONGEST_CLUSTER ? find(cluster) : null;
    return whole ?? Array.from(cluster, (character) => find(character) ?? character).join('');
  };
  const remembered = (cluster: string) => {
    const before = known.get(cluster);
    if (before !== undefined) return before;
    if (known.size >= MOST_KNOWN) known.clear();
    const now = replaced(cluster);
    known.set(cluster, now);
    return now;
  };
  const keepsAscii = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).every((c) => find(c) === null);
  const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });
  return (text) => {
    if (keepsAscii && ALL_ASCII.test(text)) return text;
    let out = '';
    for (const [run] of text.matchAll(PLAIN_RUN)) {
      if (IS_PLAIN.test(run)) for (const character of run) out += remembered(character);
      else for (const { segment } of segmenter.segment(run)) out += remembered(segment);
    }
    return out;
  };
}

/** Length of the trie in bytes, the trie (32-bit units), then replacement texts that end with a zero byte. */
function readTable(bytes: Buffer): (key: string) => string | null {
  const size = bytes.length < 4 ? -1 : bytes.readUInt32LE(0);
  if (size < 4 || size % 4 !== 0 || size + 4 > bytes.length) throw new TypeError('precompiled_charsmap is cut short');
  const units = Uint32Array.from({ length: size / 4 }, (_, at) => bytes.readUInt32LE(4 + 4 * at));
  const texts = bytes.subarray(4 + size);
  const offsetOf = (unit: number) => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
  return (key) => {
    let node = offsetOf(units[0]!);
    for (const byte of Buffer.from(key, 'utf8')) {
      if (byte === 0) break;
      node ^= byte;
      const unit = units[node] ?? 0;
      if ((unit & 0x800000ff) >>> 0 !== byte) return null;
      node ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) {
        const start = (units[node] ?? 0) & 0x7fffffff;
        const end = texts.indexOf(0, start);
        return texts.toString('utf8', start, end < 0 ? texts.length : end);
      }
    }
    return null;
  };
}

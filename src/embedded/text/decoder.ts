/** The decoders of tokenizer.json: token texts -> the text they stand for. */
import { bytesOfToken } from './byte-characters.ts';
import { replacement } from './normaliser.ts';
import { prependScheme } from './pre-tokeniser.ts';
import { flagIn, listIn, numberIn, type Part, partOf, textIn, unknownKind } from './spec.ts';

/** Each decoder turns a list of texts into another; what is left at the end is put together. */
type Step = (tokens: readonly string[]) => readonly string[];

/** @throws TypeError for a kind or setting that has no exact meaning here */
export function decoderOf(value: unknown): (tokens: readonly string[]) => string {
  if (value === null || value === undefined) return (tokens) => tokens.join(' ');
  const step = stepOf(value);
  return (tokens) => step(tokens).join('');
}

function stepOf(value: unknown): Step {
  const part = partOf(value, 'decoder');
  const make = KINDS[String(part.type)];
  if (make === undefined) throw unknownKind('decoder', part);
  return make(part);
}

const KINDS: Readonly<Record<string, (part: Part) => Step>> = {
  Sequence: (part) => {
    const steps = listIn(part, 'decoders').map(stepOf);
    return (tokens) => steps.reduce((before, step) => step(before), tokens);
  },
  ByteLevel: () => (tokens) => [utf8(Buffer.concat(tokens.map(bytesOfToken)))],
  ByteFallback: () => joinBytes,
  Fuse: () => (tokens) => [tokens.join('')],
  Metaspace: metaspace,
  Replace: (part) => each(replacement(part)),
  Strip: strip,
  WordPiece: wordPiece,
  BPEDecoder: (part) => {
    const suffix = textIn(part, 'suffix', '</w>');
    return (tokens) => tokens.map((token, at) => token.replaceAll(suffix, at === tokens.length - 1 ? '' : ' '));
  },
  CTC: ctc,
};

function each(change: (token: string) => string): Step {
  return (tokens) => tokens.map(change);
}

/** Bytes that are no UTF-8 become U+FFFD. */
function utf8(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** Tokens `<0xHH>` in a row are UTF-8 together; when they are not, each becomes U+FFFD. */
function joinBytes(tokens: readonly string[]): string[] {
  const out: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    const text = utf8(Uint8Array.from(bytes));
    const isWhole = Buffer.from(text, 'utf8').equals(Uint8Array.from(bytes));
    if (bytes.length > 0) out.push(isWhole ? text : '\ufffd'.repeat(bytes.length));
    bytes = [];
  };
  for (const token of tokens) {
    const byte = /^<0x([0-9A-Fa-f]{2})>$/.exec(token);
    if (byte !== null) bytes.push(Number.parseInt(byte[1]!, 16));
    else {
      flush();
      out.push(token);
    }
  }
  flush();
  return out;
}

function metaspace(part: Part): Step {
  const mark = textIn(part, 'replacement', '▁');
  const dropsFirst = prependScheme(part) !== 'never';
  return (tokens) => tokens.map((token, at) => token.replaceAll(mark, at === 0 && dropsFirst ? '' : ' '));
}

function strip(part: Part): Step {
  const content = textIn(part, 'content');
  const [most, mostAtEnd] = [numberIn(part, 'start', 0), numberIn(part, 'stop', 0)];
  return each((token) => {
    const characters = [...token];
    let start = 0;
    while (start < most && start < characters.length && characters[start] === content) start++;
    let end = characters.length;
    while (characters.length - end < mostAtEnd && end > start && characters[end - 1] === content) end--;
    return characters.slice(start, end).join('');
  });
}

function wordPiece(part: Part): Step {
  const prefix = textIn(part, 'prefix', '##');
  const cleans = flagIn(part, 'cleanup', true);
  return (tokens) =>
    tokens.map((token, at) => {
      const joined = at === 0 ? token : token.startsWith(prefix) ? token.slice(prefix.length) : ` ${token}`;
      return cleans ? cleanUpSpaces(joined, true) : joined;
    });
}

function ctc(part: Part): Step {
  const pad = textIn(part, 'pad_token', '<pad>');
  const delimiter = textIn(part, 'word_delimiter_token', '|');
  const cleans = flagIn(part, 'cleanup', true);
  return (tokens) =>
    tokens
      .filter((token, at) => at === 0 || token !== tokens[at - 1])
      .map((token) => token.replaceAll(pad, ''))
      .map((token) => (cleans ? cleanUpSpaces(token, true).replaceAll(delimiter, ' ') : token))
      .filter((token) => token !== '');
}

const SPACED = [' .', ' ?', ' !', ' ,', " ' ", " n't", " 'm", ' do not', " 's", " 've", " 're"];

/** Spaces that a word tokenizer put before punctuation go; `contracts` as the Rust library does it, transformers does not. */
export function cleanUpSpaces(text: string, contracts: boolean): string {
  return SPACED.reduce((before, found) => {
    if (found === ' do not') return contracts ? before.replaceAll(found, " don't") : before;
    return before.replaceAll(found, found.trim());
  }, text);
}

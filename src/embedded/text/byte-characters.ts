/** Byte-level tokenizers write each byte as one printable character (GPT-2's table): both directions. */

const CHARACTER_OF_BYTE: readonly string[] = makeTable();
const BYTE_OF_CHARACTER = new Map(CHARACTER_OF_BYTE.map((character, byte) => [character, byte]));

function makeTable(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}

/** UTF-8 bytes of the text, one character each. */
export function toByteCharacters(text: string): string {
  let out = '';
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 128) {
      out += CHARACTER_OF_BYTE[code];
      continue;
    }
    const point = text.codePointAt(at)!;
    if (point > 0xffff) at++;
    if (point < 0x800) out += CHARACTER_OF_BYTE[0xc0 | (point >> 6)];
    else {
      if (point < 0x10000) out += CHARACTER_OF_BYTE[0xe0 | (point >> 12)];
      else out += CHARACTER_OF_BYTE[0xf0 | (point >> 18)]! + CHARACTER_OF_BYTE[0x80 | ((point >> 12) & 63)];
      out += CHARACTER_OF_BYTE[0x80 | ((point >> 6) & 63)];
    }
    out += CHARACTER_OF_BYTE[0x80 | (point & 63)];
  }
  return out;
}

/** The bytes a token stands for; a token with any other character stands for its own UTF-8. */
export function bytesOfToken(token: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTE_OF_CHARACTER.get(character);
    if (byte === undefined) return Buffer.from(token, 'utf8');
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/**
 * What a text that is not UTF-8 throughout is written in, looked at line by line: GB18030 (with GBK and GB2312 in it) where every line
 * can be that, and otherwise where it goes wrong.
 */
import { isAscii, isUtf8 } from 'node:buffer';
import { bytesOf, PYTHON_NAMES } from './open-data.ts';
import { LONGEST_LINE } from './read-lines.ts';

interface Place {
  readonly line: number;
  /** From the start of the (unpacked) file. */
  readonly byte: number;
}

/**
 * @param named the encoding the task names, which the file turned out not to be
 * @throws Error saying line and byte: of what is in no known encoding, of two lines in different ones, or of what is not the named one
 */
export async function findEncoding(path: string, named: string | null): Promise<string> {
  let utf8: Place | null = null;
  let gb: Place | null = null;
  for await (const { bytes, line, start } of byteLines(path)) {
    if (named !== null) {
      if (!decodes(bytes, named)) throw new Error(`${at({ line, byte: start })} is not ${named}`);
      continue;
    }
    if (isAscii(bytes)) continue;
    const isPlain = isUtf8(bytes);
    const wrong = gbFault(bytes);
    if (!isPlain && wrong >= 0) {
      const byte = start + Math.max(wrong, utf8Fault(bytes));
      throw new Error(`${at({ line, byte })} is neither UTF-8 nor GB18030`);
    }
    if (!isPlain) gb ??= { line, byte: start + utf8Fault(bytes) };
    else if (wrong >= 0 || !isGb2312(bytes)) utf8 ??= { line, byte: start + bytes.findIndex((byte) => byte > 0x7f) };
    if (utf8 !== null && gb !== null) {
      throw new Error(`its encodings are mixed: ${at(utf8)} is UTF-8, ${at(gb)} is not (it may be GB18030)`);
    }
  }
  if (named !== null) throw new Error(`it is not ${named} throughout`);
  return 'gb18030';
}

function at({ line, byte }: Place): string {
  return `line ${line} (byte ${byte})`;
}

function decodes(bytes: Buffer, encoding: string): boolean {
  const label = PYTHON_NAMES[encoding.toLowerCase().replaceAll('_', '-')] ?? encoding;
  try {
    new TextDecoder(label, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

async function* byteLines(path: string) {
  let open: Buffer[] = [];
  let line = 1;
  let start = 0;
  let length = 0;
  for await (const piece of bytesOf(path)) {
    let from = 0;
    for (let end = piece.indexOf(10); end >= 0; end = piece.indexOf(10, from)) {
      const bytes = Buffer.concat([...open, piece.subarray(from, end)]);
      yield { bytes, line, start };
      open = [];
      length = 0;
      start += bytes.length + 1;
      line++;
      from = end + 1;
    }
    open.push(piece.subarray(from));
    length += piece.length - from;
    if (length > LONGEST_LINE) throw new Error(`line ${line} is longer than ${LONGEST_LINE >> 20} million bytes`);
  }
  yield { bytes: Buffer.concat(open), line, start };
}

/** Where the first sequence begins that is not UTF-8; -1 for none. */
function utf8Fault(bytes: Buffer): number {
  let place = 0;
  while (place < bytes.length) {
    const lead = bytes[place]!;
    const length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead >= 0x80 && !isUtf8(bytes.subarray(place, place + length))) return place;
    place += length;
  }
  return -1;
}

/** Where the first sequence begins that is not GB18030; -1 for none. */
function gbFault(bytes: Buffer): number {
  const within = (value: number | undefined, from: number, to: number) =>
    value !== undefined && value >= from && value <= to;
  let place = 0;
  while (place < bytes.length) {
    const lead = bytes[place]!;
    const trail = bytes[place + 1];
    if (lead < 0x80) place++;
    else if (!within(lead, 0x81, 0xfe)) return place;
    else if (within(trail, 0x40, 0xfe) && trail !== 0x7f) place += 2;
    else if (
      within(trail, 0x30, 0x39) &&
      within(bytes[place + 2], 0x81, 0xfe) &&
      within(bytes[place + 3], 0x30, 0x39)
    ) {
      place += 4;
    } else return place;
  }
  return -1;
}

/** Only characters of the everyday set: UTF-8 read as GBK falls out of it soon. */
function isGb2312(bytes: Buffer): boolean {
  let place = 0;
  while (place < bytes.length) {
    if (bytes[place]! < 0x80) place++;
    else if (bytes[place]! < 0xa1 || bytes[place]! > 0xf7 || (bytes[place + 1] ?? 0) < 0xa1) return false;
    else place += 2;
  }
  return true;
}

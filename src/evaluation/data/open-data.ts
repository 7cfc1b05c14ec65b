/** A data file's bytes and text, piece by piece, decompressed by what it is and decoded by what it says of itself. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import type { DataFile } from './dataset.ts';
import { unpackZstd } from './unpack-zstd.ts';

/** The bytes are not of the encoding they were read in. */
export class NotThisEncoding extends Error {
  override readonly name = 'NotThisEncoding';
}

const PIECE = 1 << 20;

/** @param encodingOf the encoding to read in; null takes what its first bytes say, else UTF-8 */
export function openData(path: string, encodingOf: () => string | null): DataFile {
  return { path, text: () => textOf(path, encodingOf()) };
}

/** The file's bytes, unpacked when they are gzip or Zstandard. */
export async function* bytesOf(path: string): AsyncGenerator<Buffer, void> {
  const file = createReadStream(path, { highWaterMark: PIECE });
  const pieces = file[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  const { value: first, done } = await pieces.next();
  if (done) return;
  async function* all(): AsyncGenerator<Buffer, void> {
    yield first!;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
  }
  try {
    if (first![0] === 0x1f && first![1] === 0x8b) yield* unpackGzip(all());
    else if (first!.length > 3 && first!.readUInt32LE() === 0xfd2fb528) yield* unpackZstd(all());
    else yield* all();
  } finally {
    file.destroy();
  }
}

async function* unpackGzip(packed: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  const gunzip = createGunzip({ chunkSize: 1 << 18 });
  const feed = async () => {
    try {
      for await (const piece of packed) {
        if (!gunzip.write(piece)) await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve));
        if (gunzip.destroyed) return;
      }
      gunzip.end();
    } catch (error) {
      gunzip.destroy(error as Error);
    }
  };
  void feed();
  yield* gunzip as AsyncIterable<Buffer>;
}

async function* textOf(path: string, named: string | null): AsyncGenerator<string, void> {
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  let encoding = '';
  const decode = (piece: Buffer | undefined): string => {
    try {
      return decoder!.decode(piece, { stream: piece !== undefined });
    } catch {
      const message = `it is not ${encoding} throughout`;
      throw encoding.startsWith('utf-16') && named === null ? new Error(message) : new NotThisEncoding(message);
    }
  };
  for await (const piece of bytesOf(path)) {
    if (decoder === null) {
      encoding = named ?? sniff(piece);
      decoder = new TextDecoder(PYTHON_NAMES[encoding.toLowerCase().replaceAll('_', '-')] ?? encoding, { fatal: true });
    }
    yield decode(piece);
  }
  if (decoder === null) return;
  const last = decode(undefined);
  if (last !== '') yield last;
}

/** Encodings as Python calls them where the web's standard has another word. */
export const PYTHON_NAMES: Readonly<Record<string, string>> = {
  'utf-8-sig': 'utf-8',
  'utf8-sig': 'utf-8',
  'latin-1': 'latin1',
  cp936: 'gbk',
  cp1252: 'windows-1252',
  'utf-16': 'utf-16le',
};

/** Encoding by the first bytes: a mark, or the zeros that UTF-16 puts into Western text. @throws Error for what is no text */
function sniff(first: Buffer): string {
  const [a, b, c, d] = first;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff)) {
    throw new Error('it is UTF-32, which Libra does not read');
  }
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  const start = first.subarray(0, 4096);
  if (!start.includes(0)) return 'utf-8';
  const zerosAt = (odd: number) => start.filter((byte, i) => byte === 0 && i % 2 === odd).length;
  const [even, odd] = [zerosAt(0), zerosAt(1)];
  if (odd > start.length / 8 && even === 0) return 'utf-16le';
  if (even > start.length / 8 && odd === 0) return 'utf-16be';
  throw new Error('it is no text: there are zero bytes in it');
}

/**
 * The header of one safetensors file: 8 bytes little-endian header length, JSON header, then raw tensor bytes.
 * A checkpoint may be half-written or hostile, so nothing in the header is believed before it is compared with the file.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { brokenFile as broken, quoteName as quote } from './broken-file.ts';
import { elementsOf, type TensorPlace } from './tensor-place.ts';

/** The format's own limit; also keeps a hostile length from asking for gigabytes. */
const LARGEST_HEADER = 100_000_000;

const BYTES_PER_ELEMENT: Readonly<Record<string, number>> = {
  C64: 8,
  F64: 8,
  I64: 8,
  U64: 8,
  F32: 4,
  I32: 4,
  U32: 4,
  F16: 2,
  BF16: 2,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  F8_E8M0: 1,
};

/**
 * Name -> place of every tensor in `file`.
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when the header is missing, not JSON, or does not fit the file
 */
export async function readSafetensors(file: string): Promise<Map<string, TensorPlace>> {
  const handle = await open(file, 'r').catch((cause) => {
    throw broken(file, 'cannot be opened', cause);
  });
  try {
    const { size } = await handle.stat();
    const headerLength = await readHeaderLength(handle, file, size);
    const text = (await readBytes(handle, file, 8, headerLength)).toString('utf8');
    return placesOf(file, parseHeader(file, text), 8 + headerLength, size);
  } finally {
    await handle.close();
  }
}

async function readHeaderLength(handle: FileHandle, file: string, size: number): Promise<number> {
  if (size < 8) throw broken(file, `is only ${size} bytes long`);
  const length = (await readBytes(handle, file, 0, 8)).readBigUInt64LE();
  if (length > BigInt(LARGEST_HEADER)) throw broken(file, `claims a header of ${length} bytes`);
  if (8 + Number(length) > size) throw broken(file, `is cut off inside its header (${size} bytes)`);
  return Number(length);
}

async function readBytes(handle: FileHandle, file: string, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  if (bytesRead !== length) throw broken(file, 'became shorter while it was read');
  return buffer;
}

function parseHeader(file: string, text: string): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(text);
    if (isRecord(header)) return header;
  } catch (cause) {
    throw broken(file, 'has a header that is not JSON', cause);
  }
  throw broken(file, 'has a header that is not a JSON object');
}

function placesOf(file: string, header: Record<string, unknown>, dataStart: number, size: number) {
  const places = new Map<string, TensorPlace>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    places.set(name, placeOf(file, name, entry, dataStart, size));
  }
  if (places.size === 0) throw broken(file, 'holds no tensors');
  return places;
}

function placeOf(file: string, name: string, entry: unknown, dataStart: number, size: number): TensorPlace {
  if (!isRecord(entry)) throw broken(file, `describes tensor ${quote(name)} wrongly`);
  const { dtype, shape, data_offsets: offsets } = entry;
  const bytes = typeof dtype === 'string' ? BYTES_PER_ELEMENT[dtype] : undefined;
  if (typeof dtype !== 'string' || bytes === undefined)
    throw broken(file, `gives tensor ${quote(name)} an unknown type`);
  if (!isSizes(shape)) throw broken(file, `gives tensor ${quote(name)} an impossible shape`);
  if (!isSizes(offsets) || offsets.length !== 2) throw broken(file, `gives tensor ${quote(name)} impossible offsets`);
  const [begin = 0, end = 0] = offsets;
  const length = elementsOf(shape) * bytes;
  if (end - begin !== length) {
    throw broken(file, `gives tensor ${quote(name)} ${end - begin} bytes, but its shape needs ${length}`);
  }
  if (dataStart + end > size) throw broken(file, `ends before tensor ${quote(name)} does (${size} bytes)`);
  return { dtype, shape, file, offset: dataStart + begin, length };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Non-negative whole numbers small enough that products of them stay exact or are caught by the length check. */
function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.length <= 16 && value.every((n) => Number.isSafeInteger(n) && n >= 0);
}

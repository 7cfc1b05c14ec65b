/**
 * Is a safetensors file all there? 8 bytes little-endian header length n, n bytes of JSON, then the tensors:
 * 8 + n + the largest end offset must be the size of the file, and each tensor as long as its type and shape say.
 */
import { type FileHandle, open } from 'node:fs/promises';

/** The format's own limit, which also keeps a hostile length from asking for gigabytes. */
const LARGEST_HEADER = 100_000_000;

const BITS: Readonly<Record<string, number>> = {
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
  F32: 32,
  I32: 32,
  U32: 32,
  F16: 16,
  BF16: 16,
  I16: 16,
  U16: 16,
  I8: 8,
  U8: 8,
  BOOL: 8,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
};

/**
 * What is not (yet) right about the file, as the rest of a sentence that starts with its name; null when it is whole.
 * @throws the file system's error when the file cannot be read
 */
export async function faultOfSafetensors(path: string): Promise<string | null> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size < 8) return `has ${size} bytes, not even a header`;
    const length = (await readAt(handle, 0, 8))?.readBigUInt64LE();
    if (length === undefined) return 'became shorter while it was read';
    if (length < 2n) return 'has no header yet';
    if (length > BigInt(LARGEST_HEADER)) return `claims a header of ${length} bytes`;
    const dataStart = 8 + Number(length);
    if (dataStart > size) return `ends inside its header (${size} of ${dataStart} bytes)`;
    const header = await readAt(handle, 8, Number(length));
    if (header === null) return 'became shorter while it was read';
    return faultOfHeader(header.toString('utf8'), dataStart, size);
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer | null> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, position);
  return bytesRead === length ? buffer : null;
}

function faultOfHeader(text: string, dataStart: number, size: number): string | null {
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch {
    return 'has a header that is not JSON';
  }
  if (!isRecord(header)) return 'has a header that is not a JSON object';
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  if (tensors.length === 0) return 'holds no tensors';
  let end = 0;
  for (const [name, tensor] of tensors) {
    const tensorEnd = endOfTensor(tensor);
    if (tensorEnd === null) return `describes tensor ${JSON.stringify(name.slice(0, 100))} wrongly`;
    end = Math.max(end, tensorEnd);
  }
  const expected = dataStart + end;
  if (size < expected) return `has ${size} of ${expected} bytes`;
  if (size > expected) return `has ${size - expected} bytes more than its header says`;
  return null;
}

/** End offset of a tensor; null when its offsets don't agree with its type and shape. Types we don't know are not judged. */
function endOfTensor(tensor: unknown): number | null {
  if (!isRecord(tensor)) return null;
  const { dtype, shape, data_offsets: offsets } = tensor;
  if (!isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) return null;
  const [begin = 0, end = 0] = offsets;
  const bits = typeof dtype === 'string' ? BITS[dtype] : undefined;
  if (end < begin) return null;
  if (bits === undefined) return end;
  const elements = shape.reduce((product, length) => product * length, 1);
  return (end - begin) * 8 === Math.ceil((elements * bits) / 8) * 8 ? end : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

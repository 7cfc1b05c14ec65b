/** Where the tensors of a safetensors file lie, as far as its header says so; the engine that reads them checks every word of it. */
import type { FileHandle } from 'node:fs/promises';
import { z } from 'zod';

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** The format's own limit. */
const LARGEST_HEADER = 100_000_000;

const Header = z.record(z.string(), z.object({ data_offsets: z.tuple([z.int().min(0), z.int().min(0)]).optional() }));

/** In the order of the file; none when it is no safetensors file. Ranges lie within the file. */
export async function tensorRanges(handle: FileHandle, size: number): Promise<ByteRange[]> {
  const { buffer: head } = await handle.read(Buffer.alloc(9), 0, 9, 0);
  const length = Number(head.readBigUInt64LE());
  if (length > LARGEST_HEADER || 8 + length > size || head[8] !== '{'.charCodeAt(0)) return [];
  const { buffer: text } = await handle.read(Buffer.alloc(length), 0, length, 8);
  const header = Header.safeParse(parse(text.toString('utf8')));
  const ranges = Object.values(header.data ?? {}).flatMap(({ data_offsets: offsets }) => {
    if (offsets === undefined) return [];
    const [begin, end] = offsets.map((offset) => Math.min(size, 8 + length + offset)) as [number, number];
    return end > begin ? [{ start: begin, length: end - begin }] : [];
  });
  return ranges.sort((a, b) => a.start - b.start);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

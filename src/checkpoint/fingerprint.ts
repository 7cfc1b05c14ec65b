/**
 * Content identity of a checkpoint: the same bytes have the same fingerprint wherever they lie and whenever they were written.
 * Small files are hashed whole. Of large ones the head, the tail and evenly spread blocks are, which bounds the reading of a
 * 100 GB checkpoint to some ten megabytes; two states of a training differ nearly everywhere, so blocks find it. Where only some
 * tensors are trained (norms, biases, the last layers), they may lie between the blocks, so a part of every tensor is hashed too.
 */
import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { tensorRanges } from './tensor-ranges.ts';

/** Up to here every byte counts. */
const WHOLE_UP_TO = 8 * 1024 * 1024;
const EDGE = 64 * 1024;
const BLOCK = 4 * 1024;
/** One block per so many bytes, within the limits below. */
const BLOCK_EVERY = 16 * 1024 * 1024;
/** Norms and biases are below this. */
const WHOLE_TENSOR = 32 * 1024;
const FEWEST_BLOCKS = 64;
const MOST_BLOCKS = 512;

/**
 * Hex SHA-256 over names, sizes and content of the files.
 * @throws the file system's error when a file cannot be read
 */
export async function fingerprintOf(directory: string, names: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const name of [...names].sort()) {
    const handle = await open(join(directory, name), 'r');
    try {
      const { size } = await handle.stat();
      hash.update(JSON.stringify([name, size]));
      await hashContent(hash, handle, size);
    } finally {
      await handle.close();
    }
  }
  return hash.digest('hex');
}

async function hashContent(hash: Hash, handle: FileHandle, size: number): Promise<void> {
  if (size <= WHOLE_UP_TO) return hashRange(hash, handle, 0, size);
  const blocks = Math.min(MOST_BLOCKS, Math.max(FEWEST_BLOCKS, Math.ceil(size / BLOCK_EVERY)));
  await hashRange(hash, handle, 0, EDGE);
  for (let at = 0; at < blocks; at++) {
    await hashRange(hash, handle, EDGE + Math.floor(((size - 2 * EDGE - BLOCK) * at) / (blocks - 1)), BLOCK);
  }
  await hashRange(hash, handle, size - EDGE, EDGE);
  for (const { start, length } of await tensorRanges(handle, size)) {
    if (length <= WHOLE_TENSOR) await hashRange(hash, handle, start, length);
    else for (const at of [0, length >> 1, length - BLOCK]) await hashRange(hash, handle, start + at, BLOCK);
  }
}

async function hashRange(hash: Hash, handle: FileHandle, start: number, length: number): Promise<void> {
  const buffer = Buffer.allocUnsafe(Math.min(length, 1024 * 1024));
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, length - done), start + done);
    if (bytesRead === 0) return;
    hash.update(buffer.subarray(0, bytesRead));
    done += bytesRead;
  }
}

/** Remembers what was proved about each file, so that a checkpoint looked at ten times a second is read only where it changed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileEntry } from '../system/files.ts';
import { parseTolerantJson } from '../system/json.ts';
import { faultOfSafetensors } from './whole-safetensors.ts';
import { faultOfZip } from './whole-zip.ts';

/** A file's JSON reduced to what the caller wants of it, or what is wrong with the file. */
export type JsonProof<T> = { readonly fault: string } | { readonly fault: null; readonly value: T };

export interface FileProofs {
  /** Parses JSON as Python writes it (NaN allowed). `pick` throws a sentence's rest when the content is not what it should be. */
  json<T>(entry: FileEntry, pick: (value: unknown) => T): Promise<JsonProof<T>>;
  /** Null when the file is whole, else what is wrong with it. */
  safetensors(entry: FileEntry): Promise<string | null>;
  /** The same for a torch.save archive. */
  zip(entry: FileEntry): Promise<string | null>;
}

/** Far above any real config, index or trainer state; keeps a hostile file from filling the memory. */
const LARGEST_JSON = 512 * 1024 * 1024;

/** Proofs over the files of one directory. A file is read again only when its inode, size or time of last write differ. */
export function createFileProofs(directory: string): FileProofs {
  const known = new Map<string, { readonly version: string; readonly proof: Promise<unknown> }>();
  const once = <T>(entry: FileEntry, prove: (path: string) => Promise<T>): Promise<T> => {
    const version = `${entry.ino}:${entry.size}:${entry.mtimeMs}`;
    const before = known.get(entry.name);
    if (before?.version === version) return before.proof as Promise<T>;
    const proof = prove(join(directory, entry.name));
    known.set(entry.name, { version, proof });
    proof.catch(() => known.delete(entry.name));
    return proof;
  };
  return {
    json: (entry, pick) => once(entry, (path) => proveJson(path, entry.size, pick)),
    safetensors: (entry) => once(entry, (path) => faultOfSafetensors(path).catch(unreadable)),
    zip: (entry) => once(entry, (path) => faultOfZip(path).catch(unreadable)),
  };
}

async function proveJson<T>(path: string, size: number, pick: (value: unknown) => T): Promise<JsonProof<T>> {
  if (size > LARGEST_JSON) return { fault: `is ${size} bytes of JSON, which is more than we read` };
  let value: unknown;
  try {
    const text = await readFile(path, 'utf8');
    if (text.trim() === '') return { fault: 'is empty' };
    value = parseTolerantJson(text);
  } catch (error) {
    return { fault: error instanceof SyntaxError ? 'is not complete JSON' : unreadable(error) };
  }
  try {
    return { fault: null, value: pick(value) };
  } catch (error) {
    return { fault: (error as Error).message };
  }
}

function unreadable(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' ? 'is gone again' : `cannot be read (${code ?? String(error)})`;
}

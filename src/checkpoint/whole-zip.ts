/** Is a torch.save file all there? Since torch 1.6 it is a zip archive, whose end record is the last thing written. */
import { open } from 'node:fs/promises';

/** The end record's 22 bytes and the longest comment that may follow them. */
const LONGEST_END = 22 + 65_535;
const END_OF_ARCHIVE = Buffer.from('PK\x05\x06', 'latin1');
const START_OF_ARCHIVE = 'PK\x03\x04';

/**
 * What is not (yet) right about the file, as the rest of a sentence that starts with its name; null when it is whole.
 * @throws the file system's error when the file cannot be read
 */
export async function faultOfZip(path: string): Promise<string | null> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    if (size < 22) return `has only ${size} bytes`;
    const start = Buffer.alloc(4);
    await handle.read(start, 0, 4, 0);
    if (start.toString('latin1') !== START_OF_ARCHIVE) return 'is not a torch.save archive (torch 1.6 or newer)';
    const tail = Buffer.alloc(Math.min(size, LONGEST_END));
    const { bytesRead } = await handle.read(tail, 0, tail.length, size - tail.length);
    const at = tail.lastIndexOf(END_OF_ARCHIVE);
    if (bytesRead < tail.length || at < 0 || at + 22 > tail.length) return `has no end yet (${size} bytes so far)`;
    const comment = tail.readUInt16LE(at + 20);
    return at + 22 + comment === tail.length ? null : 'has an end record in the wrong place';
  } finally {
    await handle.close();
  }
}

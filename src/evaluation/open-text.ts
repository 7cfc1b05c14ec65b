/** A file as decoded text, piece by piece, decompressed when it is gzip. */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/**
 * @param encoding label of the WHATWG Encoding Standard (`utf-8`, `gb18030`, ...)
 * @throws TypeError when the bytes are not of that encoding, and the errors of the file system and of gzip
 */
export async function* openText(path: string, encoding = 'utf-8'): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const file = createReadStream(path, { highWaterMark: 1 << 20 });
  const bytes = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  // A pipe does not pass on the errors of its source.
  if (bytes !== file) file.on('error', (error) => bytes.destroy(error));
  for await (const chunk of bytes) yield decoder.decode(chunk as Buffer, { stream: true });
  const last = decoder.decode();
  if (last !== '') yield last;
}

/** Zstandard, piece by piece; the window is what is held. */
import { Decompress } from 'fzstd';

/** @throws Error when the data are damaged */
export async function* unpackZstd(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const done: Uint8Array[] = [];
  const stream = new Decompress((piece) => {
    if (piece.length > 0) done.push(piece);
  });
  for await (const piece of packed) {
    stream.push(piece);
    yield* done.splice(0).map(asBuffer);
  }
  stream.push(new Uint8Array(0), true);
  yield* done.splice(0).map(asBuffer);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

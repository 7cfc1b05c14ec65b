import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findWeights } from '../../src/embedded/weights/find-weights.ts';
import { readSafetensors } from '../../src/embedded/weights/safetensors.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A file with this header and `data` bytes behind it. */
function fileOf(header: unknown, data = 0, claimed?: bigint): Buffer {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(data)]);
}

const HOSTILE: Record<string, [Buffer, RegExp]> = {
  'an empty file': [Buffer.alloc(0), /only 0 bytes/],
  'a header length of many terabytes': [fileOf('{}', 0, 2n ** 60n), /claims a header of/],
  'a header that ends behind the file': [fileOf('{}', 0, 500n), /cut off inside its header/],
  'a header that is not JSON': [fileOf('{"a":'), /not JSON/],
  'a header that is a list': [fileOf([1]), /not a JSON object/],
  'no tensors': [fileOf({ __metadata__: {} }), /no tensors/],
  'an unknown type': [fileOf({ a: { dtype: 'F99', shape: [1], data_offsets: [0, 4] } }, 4), /"a" an unknown type/],
  'a negative shape': [fileOf({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 4] } }, 4), /impossible shape/],
  'a fractional offset': [
    fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [0.5, 4.5] } }, 8),
    /impossible offsets/,
  ],
  'backward offsets': [
    fileOf({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, 4),
    /-4 bytes, but its shape needs 4/,
  ],
  'a shape whose product overflows': [
    fileOf({ a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 4] } }, 4),
    /its shape needs/,
  ],
  'data that is not there yet': [
    fileOf({ a: { dtype: 'F32', shape: [4], data_offsets: [0, 16] } }, 12),
    /ends before tensor "a"/,
  ],
  'an entry that is no object': [fileOf({ a: 7 }), /describes tensor "a" wrongly/],
};

test.each(Object.entries(HOSTILE))('%s is refused with a sentence', async (_name, [bytes, sentence]) => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'model.safetensors');
  await writeFile(file, bytes);
  await expect(readSafetensors(file)).rejects.toMatchObject({
    code: 'LIBRA_CHECKPOINT_INVALID',
    message: expect.stringMatching(sentence),
  });
});

test('places are absolute', async () => {
  await using directory = await temporaryDirectory();
  const file = join(directory.path, 'model.safetensors');
  const header = { a: { dtype: 'BF16', shape: [2, 3], data_offsets: [4, 16] } };
  await writeFile(file, fileOf(header, 16));
  const offset = 8 + JSON.stringify(header).length + 4;
  expect(await readSafetensors(file)).toEqual(
    new Map([['a', { dtype: 'BF16', shape: [2, 3], file, offset, length: 12 }]]),
  );
});

test('shards are put together by their index, and a missing one is named', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('untied_with_biases', directory.path);
  const weights = await findWeights(directory.path);
  expect(new Set([...weights.values()].map(({ file }) => file)).size).toBe(2);
  expect(weights.has('lm_head.weight')).toBe(true);
  const index = join(directory.path, 'model.safetensors.index.json');
  await writeFile(index, JSON.stringify({ weight_map: { a: 'model-00009-of-00009.safetensors' } }));
  await expect(findWeights(directory.path)).rejects.toThrow(/model-00009-of-00009.safetensors cannot be opened/);
});

test.each(['../secret.safetensors', '/etc/passwd', 7])('an index may not name %j', async (shard) => {
  await using directory = await temporaryDirectory();
  await mkdir(directory.path, { recursive: true });
  await writeFile(join(directory.path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: { a: shard } }));
  await expect(findWeights(directory.path)).rejects.toThrow(/as a shard/);
});

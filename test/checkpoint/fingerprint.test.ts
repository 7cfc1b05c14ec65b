import { copyFile, open, rename, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fingerprintOf } from '../../src/checkpoint/fingerprint.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

describe('fingerprintOf', () => {
  it('is about names and bytes, not about places and times', async () => {
    const place = await temporaryPlace();
    await writeFile(join(place, 'a'), 'weights');
    const first = await fingerprintOf(place, ['a']);
    await copyFile(join(place, 'a'), join(place, 'copy'));
    await rename(join(place, 'copy'), join(place, 'a'));
    await utimes(join(place, 'a'), 1, 1);
    expect(await fingerprintOf(place, ['a'])).toBe(first);
    await writeFile(join(place, 'a'), 'weightz');
    expect(await fingerprintOf(place, ['a'])).not.toBe(first);
    await writeFile(join(place, 'b'), 'weights');
    expect(await fingerprintOf(place, ['b'])).not.toBe(first);
  });

  it('does not let bytes wander from one file into the next', async () => {
    const place = await temporaryPlace();
    await writeFile(join(place, 'a'), 'xy');
    await writeFile(join(place, 'b'), 'z');
    const first = await fingerprintOf(place, ['a', 'b']);
    await writeFile(join(place, 'a'), 'x');
    await writeFile(join(place, 'b'), 'yz');
    expect(await fingerprintOf(place, ['b', 'a'])).not.toBe(first);
  });

  it('reads little of a large file, but sees that a layer changed', async () => {
    const place = await temporaryPlace();
    const file = join(place, 'large');
    const size = 4 * 1024 ** 3;
    const handle = await open(file, 'w');
    await handle.truncate(size);
    const started = performance.now();
    const first = await fingerprintOf(place, ['large']);
    expect(performance.now() - started).toBeLessThan(2_000);
    await handle.write(Buffer.alloc(32 * 1024 * 1024, 7), 0, 32 * 1024 * 1024, size / 2);
    await handle.close();
    expect(await fingerprintOf(place, ['large'])).not.toBe(first);
  });

  it('sees that a single small tensor of a large file was trained', async () => {
    const place = await temporaryPlace();
    const sizes = { embedding: 40_000_000, bias: 256, head: 40_000_000 };
    let offset = 0;
    const entries = Object.entries(sizes).map(([name, size]) => {
      const begin = offset;
      offset += size;
      return [name, { dtype: 'U8', shape: [size], data_offsets: [begin, offset] }] as const;
    });
    const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(header.length));
    const handle = await open(join(place, 'model.safetensors'), 'w');
    await handle.write(Buffer.concat([length, header]));
    await handle.truncate(8 + header.length + offset);
    const first = await fingerprintOf(place, ['model.safetensors']);
    await handle.write(Buffer.from([1]), 0, 1, 8 + header.length + sizes.embedding + 100);
    await handle.close();
    expect(await fingerprintOf(place, ['model.safetensors'])).not.toBe(first);
  });
});

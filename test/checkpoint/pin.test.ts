import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createFileProofs } from '../../src/checkpoint/file-proofs.ts';
import { findPins } from '../../src/checkpoint/find-pins.ts';
import { fingerprintOf } from '../../src/checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../../src/checkpoint/inspect.ts';
import { openPin, type PinOptions, releasePin } from '../../src/checkpoint/pin.ts';
import { pinHomesOf } from '../../src/checkpoint/pin-homes.ts';
import { verifyPin } from '../../src/checkpoint/verify-pin.ts';
import { listDirectory } from '../../src/system/files.ts';
import { safetensors, writeCheckpoint } from '../fakes/checkpoint-files.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

async function world() {
  const place = await temporaryPlace();
  const root = join(place, 'watched');
  const data = join(place, 'data');
  await mkdir(data, { recursive: true });
  const source = await writeCheckpoint(root, { step: 5 });
  const homes = await pinHomesOf({ root, dataDirectory: data, configured: null });
  const options: PinOptions = { homes, whenUnlinkable: 'copy', mayCopy: async () => true };
  const target = { run: 'watched', step: 5, source };
  const needed = async () => {
    const inspected = await inspectCheckpoint(source, 5, createFileProofs(source));
    return inspected.files.map((name) => inspected.listing.files.get(name)!);
  };
  const fingerprint = await fingerprintOf(source, ['model.safetensors']);
  return { place, root, data, source, homes, options, target, needed, fingerprint };
}

const UNPRIVILEGED = 65_534;

/** Runs as a user to whom the files do not belong. */
async function asAnotherUser<T>(work: () => Promise<T>): Promise<T> {
  process.seteuid?.(UNPRIVILEGED);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}

describe('pin', () => {
  it('links without touching the directory of the checkpoint, and outlives it', async () => {
    const { source, options, target, needed, fingerprint } = await world();
    const before = await stat(source);
    const files = await needed();
    const pin = openPin(target, options);
    await pin.hold(files.slice(0, 2));
    const final = await pin.finish(files, fingerprint);
    expect(final?.kind).toBe('link');
    expect((await stat(source)).mtimeMs).toBe(before.mtimeMs);
    await rm(source, { recursive: true });
    expect(await readFile(join(final?.directory ?? '', 'model.safetensors'))).toEqual(safetensors(5));
  });

  it('leaves a file that changed between the look and the link, and takes it the next time', async () => {
    const { source, options, target, needed, fingerprint } = await world();
    const stale = await needed();
    await writeFile(join(source, 'config.json'), '{"model_type": "llama", "later": true}');
    const pin = openPin(target, options);
    expect(await pin.finish(stale, fingerprint)).toBeNull();
    const final = await pin.finish(await needed(), fingerprint);
    expect(await readFile(join(final?.directory ?? '', 'config.json'), 'utf8')).toContain('later');
  });

  it('copies what is written in place again and again', async () => {
    const { source, options, target, needed, fingerprint } = await world();
    const pin = openPin(target, options);
    for (const fill of [1, 2, 3]) {
      await writeFile(join(source, 'model.safetensors'), safetensors(fill));
      await pin.hold(await needed());
    }
    const final = await pin.finish(await needed(), fingerprint);
    expect(final?.kind).toBe('copy');
    await writeFile(join(source, 'model.safetensors'), safetensors(9));
    expect(await readFile(join(final?.directory ?? '', 'model.safetensors'))).toEqual(safetensors(3));
  });

  it('notices that linked bytes were overwritten, or are gone', async () => {
    const { source, options, target, needed } = await world();
    const { identity } = await inspectCheckpoint(source, 5, createFileProofs(source));
    const fingerprint = await fingerprintOf(source, identity);
    const pin = await openPin(target, options).finish(await needed(), fingerprint);
    expect(await verifyPin(pin!, 5, fingerprint)).toBe('intact');
    await writeFile(join(source, 'model.safetensors'), safetensors(6));
    expect(await verifyPin(pin!, 5, fingerprint)).toBe('changed');
    await releasePin(pin!);
    await releasePin(pin!);
    expect(await verifyPin(pin!, 5, fingerprint)).toBe('gone');
  });

  it.skipIf(process.getuid?.() !== 0)(
    "copies another user's files, leases them, or lets them be, as told",
    async () => {
      const { place, root, data, source, options, target, needed, fingerprint } = await world();
      if ((await readFile('/proc/sys/fs/protected_hardlinks', 'utf8').catch(() => '0')).trim() !== '1') return;
      await chmod(place, 0o755);
      await chown(data, UNPRIVILEGED, UNPRIVILEGED);
      const files = await needed();
      await asAnotherUser(async () => {
        const homes = await pinHomesOf({ root, dataDirectory: data, configured: null });
        const copied = await openPin(target, { ...options, homes }).finish(files, fingerprint);
        expect(copied?.kind).toBe('copy');
        expect(await readFile(join(copied?.directory ?? '', 'model.safetensors'))).toEqual(safetensors(5));
        const leased = openPin(target, { ...options, homes, whenUnlinkable: 'lease' });
        expect(await leased.finish(files, fingerprint)).toMatchObject({ kind: 'lease', directory: source });
        expect(leased.problem).toContain('another user');
        const none = openPin(target, { ...options, homes, whenUnlinkable: 'none' });
        expect(await none.finish(files, fingerprint)).toBeNull();
        const full = openPin(target, { ...options, homes, mayCopy: async () => false });
        expect(await full.finish(files, fingerprint)).toMatchObject({ kind: 'lease' });
        expect(full.problem).toContain('no room');
      });
    },
  );

  it('is found again after a crash, and remains of releases are removed', async () => {
    const { data, homes, options, target, needed, fingerprint } = await world();
    const files = await needed();
    await openPin(target, options).hold(files.slice(0, 2));
    await mkdir(join(data, 'pins', 'watched', '.released-abc'), { recursive: true });
    expect(await findPins(homes)).toMatchObject([{ provisional: true, note: { run: 'watched', step: 5 } }]);
    const again = await openPin(target, options).finish(files, fingerprint);
    expect((await listDirectory(again!.directory)).files.size).toBe(files.length + 1);
    expect(await findPins(homes)).toMatchObject([{ provisional: false }]);
    expect(await readdir(join(data, 'pins', 'watched'))).toHaveLength(1);
  });

  it('keeps a whole pin of the same bytes that somebody may be reading', async () => {
    const { options, target, needed, fingerprint } = await world();
    const first = await openPin(target, options).finish(await needed(), fingerprint);
    const inode = (await stat(first!.directory)).ino;
    const second = await openPin(target, options).finish(await needed(), fingerprint);
    expect(second).toEqual(first);
    expect((await stat(second!.directory)).ino).toBe(inode);
  });
});

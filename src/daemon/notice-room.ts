/** Gives up pins, oldest first, before the training could meet a full disk because of them. */
import { releasePin } from '../checkpoint/pin.ts';
import { bytesKeptBy, choosePinsToRelease, isRoomForCopy, type PinCost } from '../checkpoint/pin-budget.ts';
import type { Pin } from '../domain/checkpoint.ts';
import { fileSystemOf } from '../system/files.ts';
import type { Log } from '../system/log.ts';
import type { NoticeSettings } from './notice-settings.ts';
import type { NoticeSink } from './notice-sink.ts';

/** Asked instead of the disk in tests. */
export type AskSpace = (path: string) => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;

export interface RoomOptions {
  readonly sink: NoticeSink;
  readonly budget: NoticeSettings['pins'];
  readonly log: Log;
  readonly askSpace?: AskSpace;
}

interface Kept extends PinCost {
  readonly pin: Pin;
}

/** Looks once at every pin and the disk it is on. */
export async function keepRoom({ sink, budget, log, askSpace = fileSystemOf }: RoomOptions): Promise<void> {
  const byDisk = new Map<string, Kept[]>();
  const all: Kept[] = [];
  for (const { checkpoint, pin, order } of sink.pins()) {
    if (pin.kind === 'lease') continue;
    const kept = { id: checkpoint, pin, order, bytes: await bytesKeptBy(pin) };
    all.push(kept);
    // Pins of one home lie side by side, two levels up.
    const home = pin.directory.split('/').slice(0, -2).join('/') || '/';
    byDisk.set(home, [...(byDisk.get(home) ?? []), kept]);
  }
  const released = new Map<string, string>();
  for (const [home, pins] of byDisk) {
    const disk = await askSpace(home).catch(() => null);
    if (disk === null) continue;
    for (const id of choosePinsToRelease(pins, disk, { maxBytes: null, minFree: budget.minFree })) {
      released.set(id, 'the disk is nearly full (pins.min_free)');
    }
  }
  const remaining = all.filter(({ id }) => !released.has(id));
  const unlimited = { freeBytes: Number.POSITIVE_INFINITY, totalBytes: 0 };
  for (const id of choosePinsToRelease(remaining, unlimited, { maxBytes: budget.maxBytes, minFree: { bytes: 0 } })) {
    released.set(id, 'pins would take more than they may (pins.max_bytes)');
  }
  for (const { id, pin } of all) {
    const reason = released.get(id);
    if (reason === undefined) continue;
    log.debug('A pinned checkpoint was given up', { checkpoint: id, reason });
    sink.pinReleased(id, reason);
    await releasePin(pin);
  }
}

/** Is there room to copy so many bytes to `home`? */
export async function mayCopyTo(home: string, bytes: number, options: RoomOptions): Promise<boolean> {
  const { sink, budget, askSpace = fileSystemOf } = options;
  const disk = await askSpace(home).catch(() => null);
  if (disk === null) return false;
  let kept = 0;
  if (budget.maxBytes !== null) {
    for (const { pin } of sink.pins()) kept += await bytesKeptBy(pin);
  }
  return isRoomForCopy(bytes, kept, disk, budget);
}

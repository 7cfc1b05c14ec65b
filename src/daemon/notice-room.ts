/** Gives up pins, those that nothing waits for and the oldest first, before the training could meet a full disk because of them. */
import { dirname } from 'node:path';
import { releasePin } from '../checkpoint/pin.ts';
import {
  bytesKeptBy,
  choosePinsToRelease,
  freeBytesWanted,
  isRoomForCopy,
  type PinCost,
} from '../checkpoint/pin-budget.ts';
import { fileSystemOf } from '../system/files.ts';
import type { Log } from '../system/log.ts';
import type { NoticeSettings } from './notice-settings.ts';
import type { HeldPin, NoticeSink } from './notice-sink.ts';

/** Asked instead of the disk in tests. */
export type AskSpace = (path: string) => Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;

export interface RoomOptions {
  readonly sink: NoticeSink;
  readonly budget: NoticeSettings['pins'];
  readonly log: Log;
  readonly askSpace?: AskSpace;
}

/** Compares the pins with the room there is; their files are looked at only when it is short. */
export async function keepRoom({ sink, budget, log, askSpace = fileSystemOf }: RoomOptions): Promise<void> {
  const pins = sink.pins().filter(({ pin }) => pin.kind !== 'lease');
  const released = new Map<string, string>();
  for (const [home, here] of groupByHome(pins)) {
    const disk = await askSpace(home).catch(() => null);
    if (disk === null || disk.freeBytes >= freeBytesWanted(disk, budget)) continue;
    const costs = await Promise.all(here.map(costOf));
    for (const id of choosePinsToRelease(costs, disk, { maxBytes: null, minFree: budget.minFree })) {
      released.set(id, 'the disk is nearly full (pins.min_free)');
    }
  }
  const remaining = pins.filter(({ checkpoint }) => !released.has(checkpoint));
  const most = remaining.reduce((sum, { pin }) => sum + pin.bytes, 0);
  if (budget.maxBytes !== null && most > budget.maxBytes) {
    const limit = { maxBytes: budget.maxBytes, minFree: { bytes: 0 } };
    for (const id of choosePinsToRelease(await Promise.all(remaining.map(costOf)), UNLIMITED, limit)) {
      released.set(id, 'pins would take more than they may (pins.max_bytes)');
    }
  }
  for (const { checkpoint, pin } of pins) {
    const reason = released.get(checkpoint);
    if (reason === undefined) continue;
    log.debug('A pinned checkpoint was given up', { checkpoint, reason });
    sink.pinReleased(checkpoint, reason);
    await releasePin(pin);
  }
}

const UNLIMITED = { freeBytes: Number.POSITIVE_INFINITY, totalBytes: 0 };

async function costOf({ checkpoint, pin, order, isSpare }: HeldPin): Promise<PinCost> {
  return { id: checkpoint, order, isSpare, bytes: await bytesKeptBy(pin) };
}

/** Pins of one home, which is on one disk, lie two levels below it. */
function groupByHome(pins: readonly HeldPin[]): Map<string, HeldPin[]> {
  const homes = new Map<string, HeldPin[]>();
  for (const held of pins) {
    const home = dirname(dirname(held.pin.directory));
    homes.set(home, [...(homes.get(home) ?? []), held]);
  }
  return homes;
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

/** How much deleted training Libra may keep on the disk: the training must never meet a full disk because of us. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Pin } from '../domain/checkpoint.ts';
import { listDirectory } from '../system/files.ts';
import { PIN_NOTE } from './pin.ts';

export interface PinBudget {
  /** Most bytes that only pins keep alive; null for no limit of its own. */
  readonly maxBytes: number | null;
  /** What stays free on the disk: a share of it (0..1), or bytes. */
  readonly minFree: { readonly share: number } | { readonly bytes: number };
}

export interface PinCost {
  readonly id: string;
  /** Bytes that would become free with this pin: those of files nobody else links to. */
  readonly bytes: number;
  /** When its checkpoint was pinned: any number that grows. */
  readonly order: number;
  /** Nothing waits for it: it goes before those that are still to be evaluated. */
  readonly isSpare: boolean;
}

export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

/**
 * The ids to release, spare ones before the others and each oldest first, until the limits hold. Pins whose bytes the trainer still holds cost nothing and stay.
 */
export function choosePinsToRelease(pins: readonly PinCost[], disk: DiskSpace, budget: PinBudget): readonly string[] {
  const costly = pins
    .filter((pin) => pin.bytes > 0)
    .sort((a, b) => Number(b.isSpare) - Number(a.isSpare) || a.order - b.order);
  let kept = costly.reduce((sum, pin) => sum + pin.bytes, 0);
  let free = disk.freeBytes;
  const wantedFree = freeBytesWanted(disk, budget);
  const released: string[] = [];
  for (const pin of costly) {
    if (free >= wantedFree && (budget.maxBytes === null || kept <= budget.maxBytes)) break;
    released.push(pin.id);
    kept -= pin.bytes;
    free += pin.bytes;
  }
  return released;
}

/** May a copy of so many bytes be made? `kept` is what pins keep alive already. */
export function isRoomForCopy(bytes: number, kept: number, disk: DiskSpace, budget: PinBudget): boolean {
  if (budget.maxBytes !== null && kept + bytes > budget.maxBytes) return false;
  return disk.freeBytes - bytes >= freeBytesWanted(disk, budget);
}

/** Bytes that must stay free on this disk. */
export function freeBytesWanted({ totalBytes }: DiskSpace, { minFree }: PinBudget): number {
  return 'share' in minFree ? totalBytes * minFree.share : minFree.bytes;
}

/** Bytes that only this pin keeps alive. */
export async function bytesKeptBy(pin: Pin): Promise<number> {
  if (pin.kind === 'lease') return 0;
  const listing = await listDirectory(pin.directory).catch(() => null);
  let bytes = 0;
  for (const file of listing?.files.values() ?? []) {
    if (file.name === PIN_NOTE) continue;
    const stats = await stat(join(pin.directory, file.name)).catch(() => null);
    if (stats && stats.nlink <= 1) bytes += file.size;
  }
  return bytes;
}

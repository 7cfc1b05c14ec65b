/**
 * Has a checkpoint stopped changing, and is it all there? A pure decision over what was seen and when.
 * settling -> complete when nothing is missing and nothing changed for the window; settling -> invalid when something is
 * missing and nothing changed for so long that nobody can be writing; invalid -> settling when it changes again.
 */

export interface SettleWindows {
  /** Quiet time, ms, that completes a checkpoint which carries the mark its trainer writes last. */
  readonly signalled: number;
  /** Quiet time, ms, where the format or the way of saving has no such mark. */
  readonly unsignalled: number;
  /** Quiet time, ms, where such a mark should come but does not (the trainer was killed in the middle). */
  readonly awaited: number;
  /** Quiet time, ms, after which an incomplete checkpoint is given up. */
  readonly abandon: number;
  /** The same when a later checkpoint of the run is complete already. */
  readonly superseded: number;
}

export const LOCAL_WINDOWS: SettleWindows = {
  signalled: 500,
  unsignalled: 10_000,
  awaited: 60_000,
  abandon: 600_000,
  superseded: 60_000,
};

/** Attributes may be cached for up to a minute (nfs(5) acregmax 60): without a mark, wait until that is over. */
export const NETWORK_WINDOWS: SettleWindows = {
  signalled: 5_000,
  unsignalled: 75_000,
  awaited: 120_000,
  abandon: 600_000,
  superseded: 120_000,
};

export interface Snapshot {
  /** When it was taken, epoch ms. */
  readonly at: number;
  /** Sentence parts; empty when the structure is proved. */
  readonly missing: readonly string[];
  readonly signal: boolean;
  readonly awaited: string | null;
  /** Signature of the files that count. */
  readonly needed: string;
  /** Signature of all files. */
  readonly all: string;
  /** Latest change the file system reports, epoch ms; null when its clock may not be ours. */
  readonly changedAt: number | null;
}

/** What must be remembered between two snapshots. */
export interface SettleProgress {
  readonly needed: string;
  readonly all: string;
  /** Since when the files that count are as they are, epoch ms. */
  readonly neededSince: number;
  readonly allSince: number;
  readonly at: number;
}

export interface SettleDecision {
  readonly state: 'settling' | 'complete' | 'invalid';
  /** What is missing or waited for; null when complete. */
  readonly reason: string | null;
  readonly progress: SettleProgress;
  /** Time until the decision can differ if nothing changes, ms. */
  readonly waitMs: number;
}

/** Decides over one more snapshot. `superseded`: a later checkpoint of the same run is complete. */
export function settle(
  previous: SettleProgress | null,
  snapshot: Snapshot,
  windows: SettleWindows,
  superseded = false,
): SettleDecision {
  const progress = progressOf(previous, snapshot);
  const whole = snapshot.missing.length === 0;
  const quietNeeded = snapshot.at - progress.neededSince;
  const quietAll = snapshot.at - progress.allSince;
  if (whole) {
    const quiet = snapshot.signal ? quietNeeded : quietAll;
    const window = snapshot.signal
      ? windows.signalled
      : snapshot.awaited === null
        ? windows.unsignalled
        : windows.awaited;
    if (quiet >= window) return { state: 'complete', reason: null, progress, waitMs: 0 };
    const reason =
      snapshot.awaited === null ? 'waiting until nothing changes any more' : `${snapshot.awaited} is missing`;
    return { state: 'settling', reason, progress, waitMs: window - quiet };
  }
  const reason = sentence(snapshot.missing);
  const patience = superseded ? Math.min(windows.superseded, windows.abandon) : windows.abandon;
  if (quietAll >= patience) return { state: 'invalid', reason, progress, waitMs: Number.POSITIVE_INFINITY };
  return { state: 'settling', reason, progress, waitMs: patience - quietAll };
}

function progressOf(previous: SettleProgress | null, snapshot: Snapshot): SettleProgress {
  const since = (unchanged: boolean, before: number | undefined) =>
    unchanged && before !== undefined ? before : lastChange(previous, snapshot);
  return {
    needed: snapshot.needed,
    all: snapshot.all,
    neededSince: since(previous?.needed === snapshot.needed, previous?.neededSince),
    allSince: since(previous?.all === snapshot.all, previous?.allSince),
    at: snapshot.at,
  };
}

/** The file system's word for it, but never before the last look (there it was still different) nor in the future. */
function lastChange(previous: SettleProgress | null, snapshot: Snapshot): number {
  if (snapshot.changedAt === null) return snapshot.at;
  return Math.min(snapshot.at, Math.max(snapshot.changedAt, previous?.at ?? 0));
}

/** At most four things; a checkpoint that misses a hundred shards needs no hundred lines. */
function sentence(missing: readonly string[]): string {
  const shown = missing.slice(0, 4).join('; ');
  return missing.length > 4 ? `${shown}; and ${missing.length - 4} more` : shown;
}

/** How long until the next look: short when something is happening or due, longer and longer while nothing does. */

export interface PaceLimits {
  /** While something settles or a save is due, ms. */
  readonly fast: number;
  /** Otherwise, ms. */
  readonly usual: number;
  /** Longest pause after long idleness, ms. */
  readonly idle: number;
}

export const LOCAL_PACE: PaceLimits = { fast: 250, usual: 2_000, idle: 15_000 };

/** Listing a directory on a shared server costs others; events do not come from there, so looking is all we have. */
export const NETWORK_PACE: PaceLimits = { fast: 1_000, usual: 10_000, idle: 30_000 };

export interface Rhythm {
  readonly now: number;
  /** Something is settling or half recognised. */
  readonly busy: boolean;
  /** When anything last changed, epoch ms. */
  readonly lastChangeAt: number;
  /** When saves of each run were seen, epoch ms, ascending. */
  readonly saves: readonly (readonly number[])[];
  /** From 0 to 1, so that many watchers of one server do not look in step. */
  readonly chance: number;
}

/** Pause in ms. A run's next save is expected one median interval after the last, give or take a fifth. */
export function paceOf(rhythm: Rhythm, limits: PaceLimits): number {
  if (rhythm.busy || rhythm.saves.some((saves) => isSaveDue(saves, rhythm.now))) return limits.fast;
  const quiet = Math.max(0, rhythm.now - rhythm.lastChangeAt);
  const pause = Math.min(limits.idle, Math.max(limits.usual, quiet / 20));
  return pause * (0.9 + 0.2 * rhythm.chance);
}

function isSaveDue(saves: readonly number[], now: number): boolean {
  const last = saves.at(-1);
  if (saves.length < 3 || last === undefined) return false;
  const gaps = saves.slice(1).map((at, index) => at - (saves[index] ?? at));
  const median = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const slack = Math.max(1_000, median * 0.2);
  return Math.abs(now - (last + median)) <= slack;
}

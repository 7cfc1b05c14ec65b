/** How fast a score moves from checkpoint to checkpoint. Pure. */
import { medianOf } from './median.ts';

export interface ScoredCheckpoint {
  /** Place among the evaluated checkpoints. */
  readonly place: number;
  readonly value: number;
  readonly stderr: number;
}

/** Older ones say how it was, not how it is. */
const LOOK_BACK = 8;
const FEWEST = 3;

/**
 * Absolute Theil-Sen slope (Sen 1968, JASA 63: median of the pairwise slopes; one freak checkpoint does not turn it) over the newest
 * checkpoints, in standard errors a checkpoint; null when too few are known.
 */
export function speedOfChange(points: readonly ScoredCheckpoint[]): number | null {
  const recent = points.filter(({ value }) => Number.isFinite(value)).slice(-LOOK_BACK);
  const stderr = medianOf(recent.flatMap(({ stderr }) => (Number.isFinite(stderr) && stderr > 0 ? [stderr] : [])));
  if (recent.length < FEWEST || stderr === null) return null;
  const slopes = recent.flatMap((later, at) =>
    recent.slice(0, at).map((earlier) => (later.value - earlier.value) / (later.place - earlier.place)),
  );
  return Math.abs(medianOf(slopes)!) / stderr;
}

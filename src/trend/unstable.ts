/** Series that jitter far more than their like: a learning rate too high for them, a task with few docs that count, or an answer format on the edge. */
import type { Jitter } from './jitter.ts';
import type { MeasuredSeries } from './measured-series.ts';
import { median } from './robust.ts';

export interface UnstableSeries {
  readonly series: MeasuredSeries;
  /** Standard deviation of its jitter, in units of that of its like. */
  readonly ratio: number;
}

/** Fewer of a level say nothing of what is usual. */
const FEWEST_PEERS = 5;
/** The learned variance is shrunk towards the level's, so that this much more takes many checkpoints of evidence. */
const MUCH_MORE = 9;

/** Most unstable first. */
export function unstableSeries(jitter: ReadonlyMap<MeasuredSeries, Jitter>): UnstableSeries[] {
  const levels = new Map<string, MeasuredSeries[]>();
  for (const series of jitter.keys()) levels.set(series.level, [...(levels.get(series.level) ?? []), series]);
  return [...levels.values()]
    .filter((peers) => peers.length >= FEWEST_PEERS)
    .flatMap((peers) => {
      // Without its largest move: one drop is a drop, and no instability.
      const usual = median(peers.map((series) => jitter.get(series)!.sustained));
      return peers.flatMap((series) => {
        const ratio = jitter.get(series)!.sustained / usual;
        return ratio >= MUCH_MORE ? [{ series, ratio: Math.sqrt(ratio) }] : [];
      });
    })
    .sort((a, b) => b.ratio - a.ratio);
}

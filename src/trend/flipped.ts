/** Docs that were right through most of the reference and are wrong now: what a person should look at first. */
import type { FlippedDoc } from '../domain/trend.ts';
import type { MeasuredSeries } from './measured-series.ts';

/** Most-lost docs first, at most `limit`; ties in doc order, tasks in the order of the series. */
export function flippedDocs(
  series: MeasuredSeries,
  now: readonly number[],
  reference: readonly number[],
  limit = 12,
): FlippedDoc[] {
  const sign = series.higherIsBetter ? 1 : -1;
  const losses: { task: string; index: number; loss: number }[] = [];
  for (const panel of series.panels) {
    for (let index = 0; index < panel.docs; index++) {
      const before = sideMean(reference.map((t) => panel.at(index, t)));
      const after = sideMean(now.map((t) => panel.at(index, t)));
      const newest = panel.at(index, now.at(-1)!);
      const loss = sign * (before - after);
      const isFlip = panel.noise.kind !== 'proportion' || (sign * (before - 0.5) > 0 && sign * (newest - 0.5) <= 0);
      if (loss > 0 && isFlip) losses.push({ task: panel.task, index, loss });
    }
  }
  losses.sort((a, b) => b.loss - a.loss);
  return losses.slice(0, limit).map(({ task, index }) => ({ task, index }));
}

function sideMean(values: readonly number[]): number {
  const finite = values.filter(Number.isFinite);
  return finite.length ? finite.reduce((sum, value) => sum + value, 0) / finite.length : Number.NaN;
}

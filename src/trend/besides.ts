/** What a verdict is shown beside its recent reference: the checkpoint before, the best stretch of the run, and the base model. Shown, never decided on. */
import type { Beside, CheckpointOutcomes } from '../domain/trend.ts';
import { Z95 } from './distributions.ts';
import { type Jitter, scanJitter } from './jitter.ts';
import type { MeasuredSeries } from './measured-series.ts';
import type { readHistory } from './read-history.ts';
import { testWindow } from './scan.ts';

/** Checkpoints in a row whose mean counts as the best level: the single best one owes much to luck (winner's curse). */
const BEST_STRETCH = 5;

/** @param positions of the series, ascending, the newest last; only those that are looked back over */
export function besidesOf(
  series: MeasuredSeries,
  positions: readonly number[],
  learned: Jitter,
  frame: readonly CheckpointOutcomes[],
): Beside[] {
  const jitter = scanJitter(learned, positions.length);
  const newest = positions.at(-1);
  const earlier = positions.slice(0, -1);
  if (newest !== frame.length - 1 || earlier.length === 0) return [];
  const against = (to: Beside['to'], reference: readonly number[]): Beside => {
    const { difference, stderr, n } = testWindow(series, [newest], reference, jitter, false);
    const ci95 = [difference - Z95 * stderr, difference + Z95 * stderr] as const;
    return { to, steps: reference.map((t) => frame[t]!.step), difference, ci95, n };
  };
  const best = bestStretch(series, earlier);
  return [against('previous', earlier.slice(-1)), ...(best === null ? [] : [against('best', best)])];
}

function bestStretch(series: MeasuredSeries, positions: readonly number[]): readonly number[] | null {
  const sign = series.higherIsBetter ? 1 : -1;
  const levelOf = (stretch: readonly number[]) => sign * stretch.reduce((sum, t) => sum + series.mean(t), 0);
  const stretches = positions
    .slice(0, Math.max(0, positions.length - BEST_STRETCH + 1))
    .map((_, i) => positions.slice(i, i + BEST_STRETCH));
  return stretches.reduce<readonly number[] | null>(
    (best, each) => (best === null || levelOf(each) > levelOf(best) ? each : best),
    null,
  );
}

/** By series (see `seriesId`): the newest checkpoint against the base model, or a reference that has a name, over the docs both answered; the interval is over docs alone. */
export function besideModel(
  base: CheckpointOutcomes & { readonly name?: string },
  newest: CheckpointOutcomes,
  read: (frame: readonly CheckpointOutcomes[]) => ReturnType<typeof readHistory>,
): ReadonlyMap<string, Beside> {
  const { series } = read([base, newest]);
  const to = base.name === undefined ? { to: 'base' as const } : { to: 'reference' as const, name: base.name };
  return new Map(
    series
      .filter(({ positions }) => positions.length === 2)
      .map((each) => {
        const { difference, variance, n } = each.contrast([1], [0]);
        const half = Z95 * Math.sqrt(variance);
        const ci95 = [difference - half, difference + half] as const;
        return [seriesId(each), { ...to, steps: [base.step], difference, ci95, n }];
      }),
  );
}

/** By series: what the newer engine makes of the very checkpoints that the one before it measured (newer - older), paired over docs. */
export function besideEngine(
  { before, after }: { readonly before: readonly CheckpointOutcomes[]; readonly after: readonly CheckpointOutcomes[] },
  read: (frame: readonly CheckpointOutcomes[]) => ReturnType<typeof readHistory>,
): ReadonlyMap<string, Beside> {
  if (after.length === 0) return new Map();
  // Side by side on purpose: for once scores of two engines are compared.
  const frame = [...before, ...after].map((each) => ({ ...each, engine: null }));
  const older = before.map((_, t) => t);
  const newer = after.map((_, t) => before.length + t);
  return new Map(
    read(frame)
      .series.filter(({ positions }) => positions.length === frame.length)
      .map((each) => {
        const { difference, variance, n } = each.contrast(newer, older);
        const half = Z95 * Math.sqrt(variance);
        const ci95 = [difference - half, difference + half] as const;
        return [seriesId(each), { to: 'engine', steps: after.map(({ step }) => step), difference, ci95, n }];
      }),
  );
}

export function seriesId({ key }: Pick<MeasuredSeries, 'key'>): string {
  return [key.capability ?? '', key.task ?? '', key.metric].join('\n');
}

/** Which side of a drop a checkpoint is on, by the docs that it shares with those before and after. Pure. */
import type { Outcomes } from '../domain/score.ts';
import type { CheckpointOutcomes } from '../domain/trend.ts';
import { isSameEngine } from './read-history.ts';

/** What a checkpoint answered; those that another engine asked are not compared with it. */
export type Answered = Pick<CheckpointOutcomes, 'outcomes' | 'engine'>;

/** What is compared: one metric of each task behind a series. */
export interface DropSeries {
  /** By task. */
  readonly metricOf: ReadonlyMap<string, string>;
}

/**
 * How much of the drop is there already: 0 at the level before it, 1 at the level after. Of two levels with the same noise the nearer one is
 * the likelier, so from one half on the checkpoint belongs to those after. Tasks count alike, as they do in a capability.
 * @param before the checkpoints before the drop, and `after` of those behind it, in any order
 * @returns null when the three share no docs, or show no drop on those they share
 */
export function shareOfDrop(
  own: Answered,
  before: readonly Answered[],
  after: readonly Answered[],
  { metricOf }: DropSeries,
): number | null {
  let gone = 0;
  let whole = 0;
  for (const [task, metric] of metricOf) {
    const mine = own.outcomes.find((one) => one.task === task && one.metric === metric);
    if (mine === undefined) continue;
    const alike = (all: readonly Answered[]) =>
      all
        .filter((each) => isSameEngine(each, own))
        .flatMap(({ outcomes }) => outcomes)
        .filter((one) => one.task === task && one.metric === metric && one.taskHash === mine.taskHash);
    const means = meansOnCommonDocs(mine, alike(before), alike(after));
    if (means === null) continue;
    const sign = mine.higherIsBetter ? 1 : -1;
    gone += sign * (means.before - means.own);
    whole += sign * (means.before - means.after);
  }
  return whole > 0 ? gone / whole : null;
}

function meansOnCommonDocs(
  mine: Outcomes,
  before: readonly Outcomes[],
  after: readonly Outcomes[],
): { readonly own: number; readonly before: number; readonly after: number } | null {
  if (before.length === 0 || after.length === 0) return null;
  const all = [mine, ...before, ...after].map(({ values }) => values);
  const docs = Math.min(...all.map(({ length }) => length));
  const common = Array.from({ length: docs }, (_, doc) => doc).filter((doc) =>
    all.every((values) => !Number.isNaN(values[doc])),
  );
  if (common.length === 0) return null;
  const mean = ({ values }: Outcomes) => common.reduce((sum, doc) => sum + values[doc]!, 0) / common.length;
  const level = (those: readonly Outcomes[]) => those.reduce((sum, one) => sum + mean(one), 0) / those.length;
  return { own: mean(mine), before: level(before), after: level(after) };
}

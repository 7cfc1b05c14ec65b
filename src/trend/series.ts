/** Series to show: the points of one task or capability over a run, each with its 95 % interval. */
import { isWithin } from '../domain/capability.ts';
import type { TaskSummary } from '../domain/task.ts';
import type { CheckpointOutcomes, SeriesKey, TrendPoint } from '../domain/trend.ts';
import { buildPanel, type DocPanel } from './doc-panel.ts';
import { type Interval, meanInterval, wilsonInterval } from './interval.ts';
import { comparable } from './read-history.ts';

/**
 * Points of a series, ascending; a checkpoint without all tasks of the newest point's set, or with another task hash, is left out (a gap).
 * A task of right answers has Wilson's interval, everything else Student's t; a node's variance is the sum of its tasks' / K^2.
 */
export function seriesPoints(
  key: SeriesKey,
  history: readonly CheckpointOutcomes[],
  tasks: readonly TaskSummary[],
  tokensOf: (checkpoint: string) => number | null = () => null,
): TrendPoint[] {
  const members = tasks.filter((task) =>
    key.task !== null ? task.name === key.task : task.capabilities.some((label) => isWithin(label, key.capability!)),
  );
  const metricOf = (task: TaskSummary) => (key.task !== null ? key.metric : task.primaryMetric);
  const columns = members.map((task) =>
    history.map((each) => each.outcomes.find((o) => o.task === task.name && o.metric === metricOf(task)) ?? null),
  );
  const newest = history.findLastIndex((_, t) => columns.some((column) => column[t] !== null));
  const present = columns.filter((column) => column[newest] != null);
  if (newest < 0 || present.length === 0) return [];
  const points = history.map((each, t) => {
    const outcomes = present.map((column) => {
      const found = column[t];
      return found && found.taskHash === column[newest]!.taskHash ? found : null;
    });
    if (outcomes.some((found) => found === null)) return null;
    const panels = comparable(outcomes.map((found) => buildPanel([found])));
    const value = average(panels.map((panel) => panel.means[0]!));
    const n = panels.reduce((sum, panel) => sum + panel.counts[0]!, 0);
    const stderr =
      Math.sqrt(panels.reduce((sum, panel) => sum + panel.docSpread ** 2 / panel.counts[0]!, 0)) / panels.length;
    return {
      checkpoint: each.checkpoint,
      step: each.step,
      tokens: tokensOf(each.checkpoint),
      value,
      stderr,
      n,
      ci95: intervalOf(panels, value, stderr, n),
    };
  });
  return points.filter((point) => point !== null);
}

function intervalOf(panels: readonly DocPanel[], value: number, stderr: number, n: number): Interval {
  const only = panels.length === 1 ? panels[0] : undefined;
  const isBinary =
    only !== undefined &&
    Array.from({ length: only.docs }, (_, doc) => only.at(doc, 0)).every((v) => Number.isNaN(v) || v === 0 || v === 1);
  return isBinary ? wilsonInterval(value, n) : meanInterval(value, stderr, n);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

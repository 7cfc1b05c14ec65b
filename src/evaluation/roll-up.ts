/** Task scores -> scores of the capability tree: the arithmetic mean over the tasks below a node, each task once. Pure. */
import { isProbe, lineage } from '../domain/capability.ts';
import type { CapabilityMember, CapabilityScore, Score } from '../domain/score.ts';
import type { MetricUnit } from './metric.ts';
import type { Task } from './task.ts';

interface Entry {
  readonly score: Score;
  readonly unit: MetricUnit;
}

/**
 * A task counts with its primary metric into each capability it is labelled with and all their ancestors, up to the whole (`*`).
 * Nodes mean over proportions; a task measured in another unit (bits, perplexity) is shown where nothing but its like is,
 * and never mixed in. Probes stand apart: their own node, no ancestors. Nodes come in the order of their ids.
 */
export function rollUp(scores: readonly Score[], tasks: readonly Task[]): CapabilityScore[] {
  const nodes = new Map<string, Map<string, Entry>>();
  for (const task of tasks) {
    const { name, primaryMetric, capabilities } = task.summary;
    const score = scores.find((one) => one.task === name && one.metric === primaryMetric);
    const unit = task.measures[0]!.metric.unit;
    if (score === undefined || Number.isNaN(score.value)) continue;
    for (const node of new Set(capabilities.flatMap(lineage))) {
      const members = nodes.get(node) ?? new Map<string, Entry>();
      members.set(name, { score, unit });
      nodes.set(node, members);
    }
  }
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([node, members]) => scoreNode(node, comparable(node, [...members.values()])));
}

/** The members that may be averaged. */
function comparable(node: string, members: readonly Entry[]): readonly Entry[] {
  const proportions = members.filter(({ unit, score }) => unit === 'proportion' && score.higherIsBetter);
  if (proportions.length > 0 && !isProbe(node)) return proportions;
  const metric = members[0]?.score.metric;
  return members.every(({ score }) => score.metric === metric) ? members : [];
}

/**
 * Equal weight per task; independent tasks, so the variance of the mean is the sum of theirs over k^2.
 * NaN stderr when a member has none.
 */
function scoreNode(capability: string, entries: readonly Entry[]): CapabilityScore[] {
  const k = entries.length;
  if (k === 0) return [];
  const members: CapabilityMember[] = entries.map(({ score }) => ({
    name: score.task,
    metric: score.metric,
    value: score.value,
    weight: 1 / k,
  }));
  return [
    {
      capability,
      value: entries.reduce((sum, { score }) => sum + score.value, 0) / k,
      stderr: Math.sqrt(entries.reduce((sum, { score }) => sum + score.stderr ** 2, 0)) / k,
      n: entries.reduce((sum, { score }) => sum + score.n, 0),
      members,
    },
  ];
}

/** Task scores -> scores of the capability tree: the arithmetic mean over the tasks below a node, each task once. Pure. */
import { isProbe, lineage } from '../domain/capability.ts';
import type { CapabilityMember, CapabilityScore, MissingMember, Score } from '../domain/score.ts';
import { stableId } from '../system/hash.ts';
import type { MetricUnit } from './metric.ts';
import type { Task } from './task.ts';

/** A task that was to be measured and was not. */
export interface UnmeasuredTask {
  readonly task: Task;
  /** A clause. */
  readonly reason: string;
}

interface Entry {
  readonly task: Task;
  readonly unit: MetricUnit;
  readonly higherIsBetter: boolean;
  /** Null when it was not measured. */
  readonly score: Score | null;
  readonly reason: string;
}

/**
 * A task counts with its primary metric into each capability it is labelled with and all their ancestors, up to the whole (`*`).
 * Nodes mean over proportions; a task measured in another unit (bits, perplexity) is shown where nothing but its like is,
 * and never mixed in. Probes stand apart: their own node, no ancestors. Nodes come in the order of their ids.
 * A node that lacks a task is a gap: the mean of the others would be another quantity under the same name.
 */
export function rollUp(
  scores: readonly Score[],
  tasks: readonly Task[],
  unmeasured: readonly UnmeasuredTask[] = [],
): CapabilityScore[] {
  const nodes = new Map<string, Entry[]>();
  const add = (task: Task, score: Score | null, reason: string) => {
    const measure = task.measures[0]!;
    const entry = { task, unit: measure.metric.unit, higherIsBetter: measure.higherIsBetter, score, reason };
    for (const node of new Set(task.summary.capabilities.flatMap(lineage))) {
      nodes.set(node, [...(nodes.get(node) ?? []), entry]);
    }
  };
  for (const task of tasks) {
    const { name, primaryMetric } = task.summary;
    const score = scores.find((one) => one.task === name && one.metric === primaryMetric);
    const isMeasured = score !== undefined && !Number.isNaN(score.value);
    add(task, isMeasured ? score : null, 'none of its docs has a value');
  }
  for (const { task, reason } of unmeasured) add(task, null, reason);
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([node, members]) => scoreNode(node, comparable(node, members)));
}

/** The members that may be averaged. */
function comparable(node: string, members: readonly Entry[]): readonly Entry[] {
  const proportions = members.filter(({ unit, higherIsBetter }) => unit === 'proportion' && higherIsBetter);
  if (proportions.length > 0 && !isProbe(node)) return proportions;
  const metric = members[0]?.task.summary.primaryMetric;
  return members.every(({ task }) => task.summary.primaryMetric === metric) ? members : [];
}

/**
 * Equal weight per task; independent tasks, so the variance of the mean is the sum of theirs over k^2.
 * NaN stderr when a member has none.
 */
function scoreNode(capability: string, entries: readonly Entry[]): CapabilityScore[] {
  const measured = entries.flatMap(({ score }) => score ?? []);
  if (measured.length === 0) return [];
  const missing: MissingMember[] = entries
    .filter(({ score }) => score === null)
    .map(({ task, reason }) => ({ name: task.summary.name, reason }));
  const k = entries.length;
  const isGap = missing.length > 0;
  const members: CapabilityMember[] = measured.map(({ task, metric, value, stderr, n }) => ({
    name: task,
    metric,
    value,
    stderr,
    n,
    weight: 1 / k,
  }));
  return [
    {
      capability,
      value: isGap ? Number.NaN : measured.reduce((sum, { value }) => sum + value, 0) / k,
      stderr: isGap ? Number.NaN : Math.sqrt(measured.reduce((sum, { stderr }) => sum + stderr ** 2, 0)) / k,
      n: measured.reduce((sum, { n }) => sum + n, 0),
      members,
      missing,
      segment: segmentOf(entries),
    },
  ];
}

/** The same for the same tasks, asked and scored the same way. */
function segmentOf(entries: readonly Entry[]): string {
  return stableId(...entries.map(({ task }) => `${task.summary.name}\0${task.summary.hash}`).sort());
}

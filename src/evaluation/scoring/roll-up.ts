/** Task scores -> scores of the capability tree: the arithmetic mean over the tasks below a node, each task once. Pure. */
import { isProbe, nodesAbove } from '../../domain/capability.ts';
import type { CapabilityMember, CapabilityScore, MissingMember, Score } from '../../domain/score.ts';
import type { TaskSummary } from '../../domain/task.ts';
import { stableId } from '../../system/hash.ts';
import type { Metric } from './metric.ts';

/** What a roll-up needs of a task. */
export interface RankedTask {
  readonly summary: Pick<TaskSummary, 'name' | 'hash' | 'capabilities' | 'variant'>;
  readonly measures: readonly RankedMeasure[];
  readonly attached: readonly RankedMeasure[];
}

export interface RankedMeasure {
  readonly id: string;
  readonly higherIsBetter: boolean;
  readonly metric: Pick<Metric, 'id' | 'unit' | 'probe'>;
}

/** A task that was to be measured and was not. */
export interface UnmeasuredTask {
  readonly task: RankedTask;
  /** A clause. */
  readonly reason: string;
}

interface Entry {
  readonly task: RankedTask;
  /** What it counts with. */
  readonly measure: RankedMeasure;
  /** Null when it was not measured. */
  readonly score: Score | null;
  readonly reason: string;
}

/**
 * A task counts with its primary metric into each capability it is labelled with and all their ancestors, up to the whole (`*`); without a label into the whole alone.
 * Nodes mean over proportions; a task measured in another unit (bits, perplexity) is shown where nothing but its like is,
 * and never mixed in. Probes stand apart: their own node, no ancestors. Nodes come in the order of their ids.
 * A node that lacks a task is a gap: the mean of the others would be another quantity under the same name.
 */
export function rollUp(
  scores: readonly Score[],
  tasks: readonly RankedTask[],
  unmeasured: readonly UnmeasuredTask[] = [],
): CapabilityScore[] {
  const nodes = new Map<string, Map<string, Entry>>();
  const scoreOf = new Map(scores.map((score) => [`${score.task}\n${score.metric}`, score]));
  const join = (node: string, entry: Entry) => {
    const members = nodes.get(node) ?? new Map<string, Entry>();
    // A task counts once.
    if (!members.has(entry.task.summary.name)) members.set(entry.task.summary.name, entry);
    nodes.set(node, members);
  };
  const measuredBy = (task: RankedTask, measure: RankedMeasure): Score | null => {
    const score = scoreOf.get(`${task.summary.name}\n${measure.id}`);
    return score === undefined || Number.isNaN(score.value) ? null : score;
  };
  const all = [...tasks.map((task) => ({ task, reason: 'none of its docs has a value' })), ...unmeasured];
  for (const { task, reason } of all) {
    const measure = task.measures[0]!;
    // A perturbed variant asks the same docs once more.
    if (task.summary.variant !== undefined) continue;
    for (const node of nodesAbove(task.summary.capabilities)) {
      join(node, { task, measure, score: measuredBy(task, measure), reason });
    }
  }
  // What files are labelled with comes first: a probe that measures something else for them is theirs.
  for (const { task, reason } of all) {
    const isMeasured = tasks.includes(task);
    for (const measure of task.attached) {
      const { probe } = measure.metric;
      const score = measuredBy(task, measure);
      // Not every doc has what a probe looks at; a task without any is no part of it.
      if (probe !== undefined && (score !== null || !isMeasured)) join(probe, { task, measure, score, reason });
    }
  }
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([node, members]) => scoreNode(node, comparable(node, [...members.values()])));
}

/** The members that may be averaged. */
function comparable(node: string, members: readonly Entry[]): readonly Entry[] {
  const proportions = members.filter(({ measure }) => measure.metric.unit === 'proportion' && measure.higherIsBetter);
  if (proportions.length > 0 && !isProbe(node)) return proportions;
  const metric = members[0]?.measure.metric.id;
  const alike = members.filter((member) => member.measure.metric.id === metric);
  return isProbe(node) || alike.length === members.length ? alike : [];
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

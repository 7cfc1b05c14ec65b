/** Task scores -> scores of the capability tree: the arithmetic mean over the tasks below a node, each task once. Pure. */
import { isProbe, lineage } from '../domain/capability.ts';
import type { CapabilityMember, CapabilityScore, Score } from '../domain/score.ts';
import type { MetricUnit } from './metric.ts';
import type { Task, TaskMeasure } from './task.ts';

interface Entry {
  readonly score: Score;
  readonly unit: MetricUnit;
}

type Nodes = Map<string, Map<string, Entry>>;

/**
 * A task counts with its primary metric into each capability it is labelled with and all their ancestors, up to the whole (`*`).
 * Nodes mean over proportions; a task measured in another unit (bits, perplexity) is shown where nothing but its like is,
 * and never mixed in. Probes stand apart: their own node, no ancestors. Nodes come in the order of their ids.
 */
export function rollUp(scores: readonly Score[], tasks: readonly Task[]): CapabilityScore[] {
  const nodes: Nodes = new Map();
  const scoreOf = new Map(scores.map((score) => [`${score.task}\n${score.metric}`, score]));
  const join = (task: Task, { id, metric }: TaskMeasure, node: string) => {
    const { name } = task.summary;
    const score = scoreOf.get(`${name}\n${id}`);
    if (score === undefined || Number.isNaN(score.value)) return;
    const members = nodes.get(node) ?? new Map<string, Entry>();
    if (!members.has(name)) members.set(name, { score, unit: metric.unit });
    nodes.set(node, members);
  };
  for (const task of tasks) {
    for (const node of new Set(task.summary.capabilities.flatMap(lineage))) join(task, task.measures[0]!, node);
  }
  // What files are labelled with comes first: a probe that measures something else for them is theirs.
  for (const task of tasks) {
    for (const measure of task.attached)
      if (measure.metric.probe !== undefined) join(task, measure, measure.metric.probe);
  }
  return [...nodes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([node, members]) => scoreNode(node, comparable(node, [...members.values()])));
}

/** The members that may be averaged. */
function comparable(node: string, members: readonly Entry[]): readonly Entry[] {
  const proportions = members.filter(({ unit, score }) => unit === 'proportion' && score.higherIsBetter);
  if (proportions.length > 0 && !isProbe(node)) return proportions;
  const metric = metricOf(members[0]);
  const alike = members.filter((member) => metricOf(member) === metric);
  return isProbe(node) || alike.length === members.length ? alike : [];
}

/** Without the filter pipeline it was measured over. */
function metricOf(member: Entry | undefined): string | undefined {
  return member?.score.metric.split(',')[0];
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

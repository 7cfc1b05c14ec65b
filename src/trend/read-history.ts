/** From stored outcomes to measured series: every task, every capability node with tasks, the whole and the probes. */
import { isProbe, nodesAbove, WHOLE } from '../domain/capability.ts';
import type { MeasuredTask } from '../domain/task.ts';
import type { CheckpointOutcomes, SeriesKey } from '../domain/trend.ts';
import { buildPanel, type DocPanel } from './doc-panel.ts';
import { buildSeries, type MeasuredSeries, type SeriesLevel } from './measured-series.ts';
import { buildSummaryPanel, isSummary, isUsable } from './summary-panel.ts';
import { LACKS, SAID, type Said, say } from './verdict-words.ts';

/** More docs without a value than this share and there is no verdict: the docs that fail are the long ones. */
const TOLERATED_FAILURES = 0.005;

/** A series that cannot be judged at the newest checkpoint, and why. */
export interface Gap {
  readonly key: SeriesKey;
  readonly reason: Said;
  readonly n: number;
}

/** By task: cluster of each doc in its fixed order, where docs share a passage. */
export type DocClusters = Readonly<Record<string, ArrayLike<number>>>;

export interface ReadHistory {
  readonly series: readonly MeasuredSeries[];
  readonly gaps: readonly Gap[];
}

/**
 * Series as the newest checkpoint of the frame has them. A task counts only where its hash and the engine that answered are the newest one's (others are other segments);
 * a node counts only where all its tasks were measured, and is a gap when the newest checkpoint lacks a task its predecessor had.
 */
export function readHistory(
  frame: readonly CheckpointOutcomes[],
  tasks: readonly MeasuredTask[],
  smallestEffects: Readonly<Record<string, number>> = {},
  clusters: DocClusters = {},
): ReadHistory {
  const newest = frame.at(-1);
  if (!newest) return { series: [], gaps: [] };
  const byTask = frame.map(
    (each) => new Map(each.outcomes.map((outcomes) => [`${outcomes.task}\n${outcomes.metric}`, outcomes])),
  );
  const panels = new Map<string, DocPanel>();
  const troubles = new Map<string, Said>();
  const gaps: Gap[] = [];
  const probed = tasks.flatMap(attachedProbes);
  for (const task of [...tasks, ...probed]) {
    const name = keyOf(task);
    const isAttached = probed.includes(task);
    const key = { capability: null, task: task.name, metric: task.primaryMetric };
    const now = byTask.at(-1)?.get(name);
    if (!now) {
      if (!byTask.at(-2)?.has(name)) continue;
      troubles.set(name, say.gap(task.name, LACKS.measurement));
      if (!isAttached) gaps.push({ key, reason: SAID.notMeasured, n: 0 });
      continue;
    }
    const valueless = now.values.reduce((count, value) => count + (Number.isFinite(value) ? 0 : 1), 0);
    const failed = now.failed ?? valueless;
    if (isSummary(now) && !isUsable(now)) {
      troubles.set(name, say.gap(task.name, LACKS.error));
      if (!isAttached) gaps.push({ key, reason: SAID.noError, n: 0 });
      continue;
    }
    if (
      (now.values.length === 0 && !isSummary(now)) ||
      failed > TOLERATED_FAILURES * (now.values.length - valueless + failed)
    ) {
      const docs = now.values.length;
      troubles.set(name, say.gap(task.name, docs === 0 ? LACKS.docs : LACKS.answers(failed, docs)));
      const reason = docs === 0 ? say.noDocs() : say.withoutAnswer(failed, docs);
      if (!isAttached) gaps.push({ key, reason, n: now.values.length - valueless });
      continue;
    }
    const segment = byTask.map((each, t) => {
      const outcomes = each.get(name);
      return outcomes && outcomes.taskHash === now.taskHash && isSameEngine(frame[t]!, newest) ? outcomes : null;
    });
    const ownEffect = smallestEffects[task.primaryMetric];
    panels.set(
      name,
      segment.some(isSummary)
        ? buildSummaryPanel(segment, ownEffect)
        : buildPanel(segment, { ownEffect, clusters: clusters[task.name] }),
    );
  }
  // What is attached to a task is no series of its own here: it is judged in its probe.
  const series = tasks.flatMap((task) => {
    const panel = panels.get(keyOf(task));
    return panel ? [buildSeries({ capability: null, task: panel.task, metric: panel.metric }, 'task', [panel])] : [];
  });
  const known = [...tasks, ...probed].filter((task) => panels.has(keyOf(task)) || troubles.has(keyOf(task)));
  for (const [node, members] of nodesOf(known)) {
    const trouble = members.map((task) => troubles.get(keyOf(task))).find((each) => each !== undefined);
    if (trouble) {
      gaps.push({ key: { capability: node, task: null, metric: 'score' }, reason: trouble, n: 0 });
      continue;
    }
    const mixed = comparable(members.map((task) => panels.get(keyOf(task))!));
    series.push(buildSeries({ capability: node, task: null, metric: metricOf(mixed) }, levelOf(node, tasks), mixed));
  }
  return { series, gaps };
}

/** Where it is not known of one of them, it is taken for the same. */
export function isSameEngine(a: Pick<CheckpointOutcomes, 'engine'>, b: Pick<CheckpointOutcomes, 'engine'>): boolean {
  return a.engine == null || b.engine == null || a.engine === b.engine;
}

function keyOf(task: MeasuredTask): string {
  return `${task.name}\n${task.primaryMetric}`;
}

/** The task once more for each probe it is measured in by itself. */
function attachedProbes(task: MeasuredTask): MeasuredTask[] {
  return (task.metrics ?? []).flatMap(({ metric, probe }) =>
    probe === undefined ? [] : [{ ...task, primaryMetric: metric, capabilities: [probe] }],
  );
}

/** Every node that has tasks below it, with those tasks; a task counts once however many labels it has there. */
export function nodesOf<Known extends MeasuredTask>(tasks: readonly Known[]): Map<string, Known[]> {
  const above = new Map(tasks.map((task) => [task, nodesAbove(task.capabilities)]));
  const ids = new Set([...above.values()].flat());
  return new Map([...ids].sort().map((id) => [id, tasks.filter((task) => above.get(task)!.includes(id))]));
}

/** Only scores of one kind can be averaged: proportions if there are any, else the tasks that share the first one's metric. */
export function comparable<Panel extends Pick<DocPanel, 'metric' | 'noise' | 'higherIsBetter'>>(
  panels: readonly Panel[],
): Panel[] {
  const proportions = panels.filter((panel) => panel.noise.kind === 'proportion' && panel.higherIsBetter);
  if (proportions.length) return proportions;
  const [first] = panels;
  return panels.filter(
    (panel) => nameOf(panel.metric) === nameOf(first!.metric) && panel.higherIsBetter === first!.higherIsBetter,
  );
}

/** Of a metric, without the filter pipeline it was measured over. */
function nameOf(metric: string): string {
  return metric.split(',')[0]!;
}

function metricOf(panels: readonly DocPanel[]): string {
  const first = panels[0]!;
  return first.noise.kind === 'proportion' ? 'score' : first.metric;
}

function levelOf(node: string, tasks: readonly MeasuredTask[]): SeriesLevel {
  if (isProbe(node)) return `probe:${node}`;
  if (node === WHOLE) return 'whole';
  return tasks.some((task) => task.capabilities.includes(node)) ? 'leaf' : `inner:${node.split('.').length}`;
}

/** Judges the newest checkpoint of a run: a verdict on every task, capability node and probe, and which of them fire or resolve alerts. */
import type { AlertMember } from '../domain/alert.ts';
import { isEvidence, isWithin, WHOLE } from '../domain/capability.ts';
import type { TaskSummary } from '../domain/task.ts';
import type { Beside, CheckpointOutcomes, Verdict } from '../domain/trend.ts';
import { besideEngine, besideModel, besidesOf, seriesId } from './besides.ts';
import { KNOWN_JITTER, learnJitter, scanJitter } from './jitter.ts';
import { judgeSeries, type SeriesJudgement } from './judge-series.ts';
import type { MeasuredSeries } from './measured-series.ts';
import { type DocClusters, readHistory } from './read-history.ts';
import { NEWEST_WINDOWS, type ScanThresholds, THRESHOLDS } from './scan.ts';
import { firingMember, gapVerdict, verdictOf } from './verdict.ts';

/** Checkpoints the scan looks back over; older ones count only as frozen references. */
const LOOK_BACK = 20;

export interface JudgeOptions {
  /** Chance level of a task's primary metric (1/choices, majority class); tasks not named have none. */
  readonly chance?: Readonly<Record<string, number>>;
  readonly thresholds?: ScanThresholds;
  /** Docs that share a passage. */
  readonly clusters?: DocClusters;
  /** Smallest change worth telling by metric, in its own units; a metric not named has its own default. */
  readonly smallestEffects?: Readonly<Record<string, number>>;
}

export interface NamedReference extends CheckpointOutcomes {
  readonly name: string;
}

export interface JudgeInput {
  /** Evaluated checkpoints of the run, ascending steps, the newest last; the last 20 and those of frozen references are enough. */
  readonly history: readonly CheckpointOutcomes[];
  readonly tasks: readonly TaskSummary[];
  /** Members of the run's open regression alerts. */
  readonly openMembers: readonly AlertMember[];
  /** What the run started from, where it was evaluated. */
  readonly base?: CheckpointOutcomes | null;
  /** Further models that verdicts stand beside. */
  readonly references?: readonly NamedReference[];
  /** Checkpoints of the history that two engines measured: as the one before has them, and as the newer one does (so they stand in the history). */
  readonly bridge?: { readonly before: readonly CheckpointOutcomes[]; readonly after: readonly CheckpointOutcomes[] };
  readonly options?: JudgeOptions;
}

/** A series that fires now, ready to become a member of an alert. */
export interface FiringSeries {
  readonly capability: string;
  readonly level: MeasuredSeries['level'];
  readonly verdict: Verdict;
  readonly member: AlertMember;
}

/** How strongly a series speaks for a loss, whether or not that is enough: where further docs are worth asking. */
export interface LossEvidence {
  readonly level: MeasuredSeries['level'];
  readonly capability: string | null;
  readonly tasks: readonly string[];
  /** Of the window with the strongest evidence. */
  readonly z: number;
  readonly fires: boolean;
  /** Checkpoints of that window and of its reference, ascending. */
  readonly now: readonly string[];
  readonly reference: readonly string[];
}

export interface JudgeResult {
  readonly verdicts: readonly Verdict[];
  readonly firing: readonly FiringSeries[];
  /** Open members whose series came back. */
  readonly resolved: readonly AlertMember[];
  /** Leaves that could be judged: what "most of them" is measured against. */
  readonly judgedLeaves: number;
  readonly evidence: readonly LossEvidence[];
}

/** Pure: the same history gives the same judgement, however often and whenever it is asked. */
export function judgeCheckpoint(input: JudgeInput): JudgeResult {
  const newest = input.history.at(-1);
  if (!newest) return { verdicts: [], firing: [], resolved: [], judgedLeaves: 0, evidence: [] };
  const frame = frameOf(input.history, input.openMembers);
  const read = (checkpoints: readonly CheckpointOutcomes[]) =>
    readHistory(checkpoints, input.tasks, input.options?.smallestEffects, input.options?.clusters);
  const { series, gaps } = read(frame);
  const firstRecent = frame.length - Math.min(LOOK_BACK, input.history.length);
  const recent = (each: MeasuredSeries) => each.positions.filter((position) => position >= firstRecent);
  const jitter = learnJitter(series, recent);
  const isYoung = series.some((each) => recent(each).length < KNOWN_JITTER);
  const before = isYoung ? learnJitter(series, (each) => recent(each).filter((t) => t < frame.length - 1)) : jitter;
  const scan = { frame, thresholds: input.options?.thresholds ?? THRESHOLDS, windows: NEWEST_WINDOWS };
  const base = input.base ? besideModel(input.base, newest, read) : null;
  const references = (input.references ?? []).map((each) => besideModel(each, newest, read));
  const shift = input.bridge ? besideEngine(input.bridge, read) : null;
  const besides = (each: MeasuredSeries): Beside[] => [
    ...besidesOf(each, recent(each), jitter.get(each)!, frame),
    ...[base, ...references, shift].flatMap((known) => known?.get(seriesId(each)) ?? []),
  ];
  const judged = series.map((each) => {
    const known = recent(each).length;
    const learned = jitter.get(each)!;
    const learnedBefore = before.get(each)!;
    return judgeSeries(each, {
      ...scan,
      positions: recent(each),
      jitter: scanJitter(learned, known),
      jitterBefore: scanJitter(learnedBefore, known - 1),
      mustRepeat: known < KNOWN_JITTER,
      open: input.openMembers.filter((member) => member.capability === labelOf(each, input.tasks)),
      chance: chanceOf(each, input.options?.chance ?? {}),
    });
  });
  const promoted = promoteUnderParents(judged);
  const firing = promoted
    .filter((each) => each.fires && mayFire(each.series, input.tasks))
    .map((each) => ({
      capability: labelOf(each.series, input.tasks),
      level: each.series.level,
      verdict: verdictOf(each, frame),
      member: firingMember(each, frame, labelOf(each.series, input.tasks)),
    }));
  return {
    verdicts: [
      ...promoted.map((each) => ({ ...verdictOf(each, frame), besides: besides(each.series) })),
      ...gaps.map((gap) => gapVerdict(gap, newest)),
    ],
    firing,
    resolved: promoted.flatMap((each) => each.resolved),
    judgedLeaves: promoted.filter((each) => each.series.level === 'leaf' && each.kind !== 'unknown').length,
    evidence: promoted.flatMap((each) => evidenceOf(each, frame)),
  };
}

function evidenceOf({ series, worst, fires }: SeriesJudgement, frame: readonly CheckpointOutcomes[]): LossEvidence[] {
  if (!worst) return [];
  const idsOf = (positions: readonly number[]) => positions.map((t) => frame[t]!.checkpoint);
  return [
    {
      level: series.level,
      capability: series.key.capability,
      tasks: series.panels.map((panel) => panel.task),
      z: worst.z,
      fires,
      now: idsOf(worst.now),
      reference: idsOf(worst.reference),
    },
  ];
}

/** The last checkpoints, and before them those that open alerts froze as references. */
function frameOf(history: readonly CheckpointOutcomes[], openMembers: readonly AlertMember[]): CheckpointOutcomes[] {
  const frozen = new Set(openMembers.flatMap((member) => member.referenceCheckpoints));
  const start = history.length - LOOK_BACK;
  return history.filter((each, i) => i >= start || frozen.has(each.checkpoint));
}

/** Name under which a series stands in alerts: its capability, or the task's own name. */
function labelOf(series: MeasuredSeries, tasks: readonly TaskSummary[]): string {
  if (series.key.capability !== null) return series.key.capability;
  const task = tasks.find((each) => each.name === series.key.task);
  // A labelled task stands behind its capability and never for itself.
  return task?.capabilities.length ? `task:${series.key.task}` : series.key.task!;
}

/** Nodes and probes fire (but for probes that repeat what the tree says), and tasks without a label; a labelled task is evidence for its capability. */
function mayFire(series: MeasuredSeries, tasks: readonly TaskSummary[]): boolean {
  if (series.key.task === null) return !isEvidence(series.key.capability!);
  return tasks.find((each) => each.name === series.key.task)?.capabilities.length === 0;
}

/** Under an inner node that fires, the leaves that are suspected have lost too (closed testing: Marcus, Peritz & Gabriel 1976). */
function promoteUnderParents(judged: readonly SeriesJudgement[]): SeriesJudgement[] {
  const parents = judged.filter((each) => each.fires && isInner(each.series));
  return judged.map((each) => {
    const node = each.series.key.capability;
    const isBelow =
      node !== null &&
      each.series.level === 'leaf' &&
      parents.some((parent) => isWithin(node, parent.series.key.capability!));
    return isBelow && each.kind === 'suspected' && each.worst?.isSuspected
      ? { ...each, kind: 'worse', fires: true }
      : each;
  });
}

function isInner(series: MeasuredSeries): boolean {
  return series.level === 'whole' || series.level.startsWith('inner:') || series.key.capability === WHOLE;
}

/** Mean chance level of the series' tasks; null when it is lower-is-better or none is known. */
function chanceOf(series: MeasuredSeries, chance: Readonly<Record<string, number>>): number | null {
  if (series.noise.kind !== 'proportion' || !series.higherIsBetter) return null;
  const known = series.panels.map((panel) => chance[panel.task] ?? 0);
  return known.reduce((sum, each) => sum + each, 0) / known.length;
}

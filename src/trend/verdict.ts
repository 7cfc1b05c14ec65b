/** Judgements as stored and sent: verdicts with their sentence, and members of alerts with their frozen reference. */
import type { AlertMember } from '../domain/alert.ts';
import type { CheckpointOutcomes, Verdict } from '../domain/trend.ts';
import { Z95 } from './distributions.ts';
import { flippedDocs } from './flipped.ts';
import { formatLoss } from './format-loss.ts';
import type { SeriesJudgement } from './judge-series.ts';
import type { Gap } from './read-history.ts';
import type { ScanWindow } from './scan.ts';
import { sayDifference, sayInterval, sayStep, sayValue } from './sentence.ts';
import { SAID, type Said, say } from './verdict-words.ts';

export function verdictOf(judged: SeriesJudgement, frame: readonly CheckpointOutcomes[]): Verdict {
  const { series, shown, kind } = judged;
  const newest = frame.at(-1)!;
  const base = { series: series.key, checkpoint: newest.checkpoint, step: newest.step, kind, n: series.n };
  if (!shown) {
    const value = series.positions.includes(frame.length - 1) ? series.mean(frame.length - 1) : null;
    return { ...base, ...NO_COMPARISON, value, ...asReasons(judged.note ?? SAID.notEnough) };
  }
  const isWorth = kind === 'worse' || kind === 'suspected';
  return {
    ...base,
    ...asReasons(describeVerdict(judged, shown, frame)),
    value: levelOf(judged, shown.now),
    reference: levelOf(judged, shown.reference),
    difference: shown.difference,
    ci95: intervalOf(shown),
    n: shown.n,
    z: judged.line ? judged.line.z : shown.z,
    windowSize: shown.now.length,
    referenceSteps: shown.reference.map((t) => frame[t]!.step),
    changeBetween: judged.change ? stepsOf(judged.change, frame) : null,
    flipped: isWorth ? flippedDocs(series, shown.now, shown.reference) : [],
  };
}

/** The member of an alert that this firing series becomes; its reference is frozen from here on. */
export function firingMember(
  judged: SeriesJudgement,
  frame: readonly CheckpointOutcomes[],
  capability: string,
): AlertMember {
  const found = judged.shown ?? judged.worst!;
  const change = judged.change ?? [found.reference.at(-1)!, found.now[0]!];
  const reference = found.reference.map((t) => frame[t]!);
  const format = formatLoss(judged.series, found, frame);
  return {
    capability,
    tasks: mostLostFirst(judged, found),
    metric: judged.series.key.metric,
    from: levelOf(judged, found.reference),
    to: levelOf(judged, found.now),
    difference: found.difference,
    ci95: intervalOf(found),
    n: found.n,
    z: found.z,
    referenceCheckpoints: reference.map((each) => each.checkpoint),
    referenceSteps: reference.map((each) => each.step),
    firedAtStep: frame.at(-1)!.step,
    changeBetween: stepsOf(change, frame),
    levelSinceStep: frame[found.now[0]!]!.step,
    ...(format && { format }),
  };
}

export function gapVerdict(gap: Gap, newest: CheckpointOutcomes): Verdict {
  return {
    series: gap.key,
    checkpoint: newest.checkpoint,
    step: newest.step,
    kind: 'unknown',
    ...asReasons(gap.reason),
    ...NO_COMPARISON,
    n: gap.n,
  };
}

const NO_COMPARISON = {
  value: null,
  reference: null,
  difference: null,
  ci95: null,
  z: null,
  windowSize: null,
  referenceSteps: [],
  changeBetween: null,
  flipped: [],
} as const;

function asReasons({ en, zh }: Said): Pick<Verdict, 'reason' | 'reasonZh'> {
  return { reason: en, reasonZh: zh };
}

/** What was compared with what, by how much it moved and how sure that is, and what is missing. */
function describeVerdict(judged: SeriesJudgement, shown: ScanWindow, frame: readonly CheckpointOutcomes[]): Said {
  const { kind } = judged.series.noise;
  const steps = shown.reference.map((t) => frame[t]!.step);
  const between = { first: sayStep(steps[0]!), last: sayStep(steps.at(-1)!) };
  const [from, to] = [sayValue(levelOf(judged, shown.reference), kind), sayValue(levelOf(judged, shown.now), kind)];
  const count = shown.now.length;
  const paired = isPaired(judged) ? { en: '', zh: '' } : SAID.unpaired;
  const interval = sayInterval(intervalOf(shown), kind);
  const docs = shown.n.toLocaleString('en-US');
  const compared = {
    en:
      `${from} over steps ${between.first} to ${between.last} -> ` +
      `${to} ${count === 1 ? 'at this checkpoint' : `over the newest ${count} checkpoints`}: ` +
      `${sayDifference(shown.difference, kind)} ${interval}, ${docs} docs${paired.en}.`,
    zh:
      `第 ${between.first} 至 ${between.last} 步为 ${from}，${count === 1 ? '该检查点' : `最近 ${count} 个检查点`}为 ${to}：` +
      `变化 ${sayDifference(shown.difference, kind, 'zh')} ${interval}，${docs} 题${paired.zh}。`,
  };
  const forecast = judged.line ? sayValue(judged.line.forecast, kind) : null;
  const parts: (Said | null)[] = [
    judged.note,
    compared,
    judged.kind === 'worse' || judged.kind === 'suspected' ? formLost(judged, shown, frame) : null,
    forecast === null ? null : { en: `Forecast was ${forecast}.`, zh: `预测为 ${forecast}。` },
    judged.needed === null ? null : say.needed(judged.needed),
  ];
  const said = parts.filter((part) => part !== null);
  return { en: said.map(({ en }) => en).join(' '), zh: said.map(({ zh }) => zh).join('') };
}

/** Said only where it explains the drop. */
function formLost({ series }: SeriesJudgement, shown: ScanWindow, frame: readonly CheckpointOutcomes[]): Said | null {
  const format = formatLoss(series, shown, frame);
  return format?.explainsIt ? say.formLost(format) : null;
}

function isPaired({ series }: SeriesJudgement): boolean {
  return series.panels.every((panel) => panel.isPaired !== false);
}

/** 95 % interval of the sustained difference: docs and jitter together. */
function intervalOf(window: ScanWindow): readonly [number, number] {
  return [window.difference - Z95 * window.stderr, window.difference + Z95 * window.stderr];
}

function levelOf({ series }: SeriesJudgement, positions: readonly number[]): number {
  return positions.reduce((sum, t) => sum + series.mean(t), 0) / positions.length;
}

function stepsOf(
  [good, bad]: readonly [number, number],
  frame: readonly CheckpointOutcomes[],
): readonly [number, number] {
  return [frame[good]!.step, frame[bad]!.step];
}

function mostLostFirst({ series }: SeriesJudgement, found: ScanWindow): string[] {
  const sign = series.higherIsBetter ? 1 : -1;
  const losses = series.panels.map((panel) => ({
    task: panel.task,
    loss: -sign * panel.contrast(found.now, found.reference).difference,
  }));
  return losses.sort((a, b) => b.loss - a.loss).map((each) => each.task);
}

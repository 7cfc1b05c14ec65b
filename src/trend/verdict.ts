/** Judgements as stored and sent: verdicts with their sentence, and members of alerts with their frozen reference. */
import type { AlertMember } from '../domain/alert.ts';
import type { CheckpointOutcomes, Verdict } from '../domain/trend.ts';
import { Z95 } from './distributions.ts';
import { flippedDocs } from './flipped.ts';
import type { SeriesJudgement } from './judge-series.ts';
import type { Gap } from './read-history.ts';
import type { ScanWindow } from './scan.ts';
import { sayDifference, sayInterval, sayStep, sayValue } from './sentence.ts';

export function verdictOf(judged: SeriesJudgement, frame: readonly CheckpointOutcomes[]): Verdict {
  const { series, shown, kind } = judged;
  const newest = frame.at(-1)!;
  const base = { series: series.key, checkpoint: newest.checkpoint, step: newest.step, kind, n: series.n };
  if (!shown) {
    const value = series.positions.includes(frame.length - 1) ? series.mean(frame.length - 1) : null;
    return { ...base, ...NO_COMPARISON, value, reason: judged.note ?? 'Not enough evidence yet.' };
  }
  const isWorth = kind === 'worse' || kind === 'suspected';
  return {
    ...base,
    reason: sentenceOf(judged, shown, frame),
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
  };
}

export function gapVerdict(gap: Gap, newest: CheckpointOutcomes): Verdict {
  return {
    series: gap.key,
    checkpoint: newest.checkpoint,
    step: newest.step,
    kind: 'unknown',
    reason: gap.reason,
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

function sentenceOf(judged: SeriesJudgement, shown: ScanWindow, frame: readonly CheckpointOutcomes[]): string {
  const { kind } = judged.series.noise;
  const steps = shown.reference.map((t) => frame[t]!.step);
  const now = shown.now.length === 1 ? 'at this checkpoint' : `over the newest ${shown.now.length} checkpoints`;
  const comparison =
    `${sayValue(levelOf(judged, shown.reference), kind)} over steps ${sayStep(steps[0]!)} to ${sayStep(steps.at(-1)!)} -> ` +
    `${sayValue(levelOf(judged, shown.now), kind)} ${now}: ${sayDifference(shown.difference, kind)} ` +
    `${sayInterval(intervalOf(shown), kind)}, ${shown.n} docs${isPaired(judged) ? '' : ', unpaired: single docs are not known'}.`;
  const forecast = judged.line ? ` Forecast was ${sayValue(judged.line.forecast, kind)}.` : '';
  return `${judged.note ? `${judged.note} ` : ''}${comparison}${forecast}`;
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

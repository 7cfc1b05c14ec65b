/** One series at the newest checkpoint: scanned, compared with frozen references, held against chance. */
import type { AlertMember } from '../domain/alert.ts';
import type { CheckpointOutcomes, VerdictKind } from '../domain/trend.ts';
import { locateChange } from './change-point.ts';
import { Z95 } from './distributions.ts';
import { evidenceNeeded, type SayableEvidence } from './evidence-needed.ts';
import { belowLocalLine, type LineForecast } from './local-line.ts';
import type { MeasuredSeries } from './measured-series.ts';
import { isSameEngine } from './read-history.ts';
import { compareWithFrozen } from './resolve.ts';
import { droppedWhileRising } from './rising-drop.ts';
import {
  FEWEST_CHECKPOINTS,
  type ScanJitter,
  type ScanThresholds,
  type ScanWindow,
  scanWindows,
  strongest,
  testWindow,
} from './scan.ts';
import { SAID, type Said, say } from './verdict-words.ts';

export interface SeriesContext {
  readonly frame: readonly CheckpointOutcomes[];
  readonly thresholds: ScanThresholds;
  readonly windows: readonly number[];
  /** Recent frame positions of the series, the newest last. */
  readonly positions: readonly number[];
  /** Jitter as it is known now, and as it was known one checkpoint ago. */
  readonly jitter: ScanJitter;
  readonly jitterBefore: ScanJitter;
  /** A young run fires only when two checkpoints in a row say so. */
  readonly mustRepeat: boolean;
  readonly open: readonly AlertMember[];
  readonly chance: number | null;
}

export interface SeriesJudgement {
  readonly series: MeasuredSeries;
  readonly kind: VerdictKind;
  readonly fires: boolean;
  /** What is missing, or why the plain reading does not hold; null when the numbers say it all. */
  readonly note: Said | null;
  /** The comparison the verdict rests on. */
  readonly shown: ScanWindow | null;
  /** The window with the strongest evidence of a loss. */
  readonly worst: ScanWindow | null;
  readonly line: LineForecast | null;
  /** Frame positions (last good, first bad) of a change. */
  readonly change: readonly [number, number] | null;
  readonly resolved: readonly AlertMember[];
  /** What a suspicion would need to be told; null for every other verdict. */
  readonly needed: SayableEvidence | null;
}

/** Docs below which nothing is said. */
const FEWEST_DOCS = 20;

export function judgeSeries(series: MeasuredSeries, context: SeriesContext): SeriesJudgement {
  const { jitter, thresholds, windows, frame } = context;
  const blank = {
    series,
    fires: false,
    note: null,
    shown: null,
    worst: null,
    line: null,
    change: null,
    resolved: [],
    needed: null,
  };
  const newest = context.positions.at(-1);
  if (newest !== frame.length - 1) return { ...blank, kind: 'unknown', note: SAID.notMeasured };
  const frozen = againstFrozen(series, context);
  const resolved = frozen.filter((each) => each.isResolved).map((each) => each.member);
  const stillOpen = frozen.filter((each) => !each.isResolved);
  const positions = sinceLastDrop(
    context,
    stillOpen.map((each) => each.member),
  );
  const scanned = scanWindows(series, positions, jitter, thresholds, windows);
  const rising = droppedWhileRising(series, positions, jitter, thresholds);
  const plain = strongest(scanned);
  const worst = plain?.isWorse || rising === null ? plain : { ...rising, isWorse: true };
  const best = strongest(scanned, -1);
  const common = { ...blank, worst, resolved };

  if (resolved.length > 0 && stillOpen.length === 0)
    return { ...common, kind: 'same', note: SAID.isBack, shown: newestOf(scanned) };
  if (worst?.isWorse && !isAtFloor(series, worst, context.chance)) {
    const change = locateChange(series, positions, worst, jitter);
    const repeats = !context.mustRepeat || firedBefore(series, positions, context);
    if (repeats) return { ...common, kind: 'worse', fires: true, shown: worst, change };
    return {
      ...common,
      kind: 'suspected',
      note: SAID.mustRepeat,
      shown: worst,
      change,
    };
  }
  const open = stillOpen.at(-1);
  if (open) return { ...common, kind: 'worse', note: SAID.stillBelow, shown: open.window };
  if (worst && isAtFloor(series, worst, context.chance))
    return { ...common, kind: 'same', note: SAID.atChance, shown: newestOf(scanned) };
  if (worst?.isSuspected) {
    const change = locateChange(series, positions, worst, jitter);
    return { ...common, kind: 'suspected', shown: worst, change, needed: neededFor(worst, thresholds) };
  }
  const line = belowLocalLine(series, positions, jitter);
  if (line && line.z >= thresholds.suspected)
    return {
      ...common,
      kind: 'suspected',
      note: SAID.belowForecast,
      shown: newestOf(scanned),
      line,
    };
  if (best?.isBetter) return { ...common, kind: 'better', shown: best };
  if (scanned.length === 0) return { ...common, kind: 'unknown', note: tooFew(positions.length, series, frame) };
  if (series.n < FEWEST_DOCS) return { ...common, kind: 'unknown', note: say.tooFewDocs(series.n, FEWEST_DOCS) };
  return { ...common, kind: 'same', shown: newestOf(scanned) };
}

function againstFrozen(series: MeasuredSeries, context: SeriesContext) {
  const { frame } = context;
  return context.open.flatMap((member) => {
    const frozen = series.positions.filter((t) => member.referenceCheckpoints.includes(frame[t]!.checkpoint));
    const since = context.positions.filter((t) => frame[t]!.step > member.firedAtStep);
    const compared = compareWithFrozen(series, member, since, frozen, context.jitter);
    if (compared) return [{ member, ...compared }];
    const now = context.positions.slice(-1);
    if (frozen.length === 0) return [];
    return [{ member, isResolved: false, window: testWindow(series, now, frozen, context.jitter, false) }];
  });
}

/** While an alert is open the level after its change is the reference, so that a second drop is found. */
function sinceLastDrop(context: SeriesContext, open: readonly AlertMember[]): readonly number[] {
  if (open.length === 0) return context.positions;
  const from = Math.max(...open.map((member) => member.levelSinceStep));
  return context.positions.filter((t) => context.frame[t]!.step >= from);
}

function firedBefore(series: MeasuredSeries, positions: readonly number[], context: SeriesContext): boolean {
  const earlier = positions.slice(0, -1);
  const { jitterBefore, thresholds, windows } = context;
  return (
    scanWindows(series, earlier, jitterBefore, thresholds, windows).some((each) => each.isWorse) ||
    droppedWhileRising(series, earlier, jitterBefore, thresholds) !== null
  );
}

/** At floor when the reference covers chance: what was never learned cannot be lost. A fall from above to chance is not that. */
function isAtFloor(series: MeasuredSeries, window: ScanWindow, chance: number | null): boolean {
  if (chance === null) return false;
  const level = window.reference.reduce((sum, t) => sum + series.mean(t), 0) / window.reference.length;
  const docs = series.panels.reduce((sum, panel) => sum + 1 / Math.max(1, panel.docs), 0) / series.panels.length ** 2;
  return level - Z95 * Math.sqrt(Math.max(level * (1 - level), 0) * docs) <= chance;
}

function neededFor({ now, reference, ...seen }: ScanWindow, thresholds: ScanThresholds): SayableEvidence {
  const toll = seen.isShort ? thresholds.shortReference : 0;
  return evidenceNeeded(
    { ...seen, now: now.length, reference: reference.length },
    { single: thresholds.single + toll, several: thresholds.several + toll },
  );
}

/** The newest checkpoint alone against the longest reference: what a quiet verdict shows. */
function newestOf(windows: readonly ScanWindow[]): ScanWindow | null {
  return (
    windows.find((each) => each.now.length === 1 && !each.isShort) ??
    windows.find((each) => each.now.length === 1) ??
    null
  );
}

function tooFew(known: number, series: MeasuredSeries, frame: readonly CheckpointOutcomes[]): Said {
  const newest = frame.at(-1)!;
  const other = frame.findLast((each) => !isSameEngine(each, newest));
  if (other) return say.otherEngine(other.engine!, newest.engine!, FEWEST_CHECKPOINTS - known);
  return say.tooFewCheckpoints(FEWEST_CHECKPOINTS - known, known <= 1 && series.panels.length > 1);
}

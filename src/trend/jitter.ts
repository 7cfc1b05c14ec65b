/**
 * Jitter: how much a series moves from checkpoint to checkpoint for all its docs at once, beyond what doc sampling explains.
 * Learned from the run's own lag-1 differences minus their running median, so that the slope of a curve is not taken for jitter.
 */
import { chiSquareQuantile, Z95 } from './distributions.ts';
import { jitterMemory } from './jitter-memory.ts';
import { type MeasuredSeries, unitOf } from './measured-series.ts';
import { median, robustDeviation } from './robust.ts';
import type { ScanJitter } from './scan.ts';

/** Variances of the jitter of one series, in noise units squared. */
export interface Jitter {
  /** From all its moves: what a single checkpoint is held against, so that a series with freak checkpoints has to show more. */
  readonly variance: number;
  /** Without its largest move, which may be the drop itself: what a stretch of checkpoints is held against. */
  readonly sustained: number;
  /** What is used while fewer than 10 checkpoints are known: the upper 95 % bound. */
  readonly upper: number;
  /** Correlation of the jitter of neighbouring checkpoints, learned over the level. */
  readonly memory: number;
}

/** From this many checkpoints on a series knows its own jitter. */
export const KNOWN_JITTER = 10;

/** What the scan holds a series of so many checkpoints against: its own jitter, or the upper bound while that is not known yet. */
export function scanJitter({ variance, sustained, upper, memory }: Jitter, checkpoints: number): ScanJitter {
  if (checkpoints < KNOWN_JITTER) return { single: upper, several: upper, memory };
  return { single: variance, several: sustained, memory };
}

/** Weight of the metric's prior, in degrees of freedom. */
const PRIOR_DF = 6;
/** Weight of the level's pooled jitter against the series' own, in degrees of freedom. */
const LEVEL_DF = 8;
/** Consecutive lag-1 differences of white noise share a point: 1.5 of them carry the information of one. */
const DIFFERENCES_PER_DF = 1.5;
const WINSOR = 2.5;
/** Newest moves that count: the jitter of steep early learning says little about later, and a new one is learned in time. */
const REMEMBERED = 8;
/** A series that shares with no other (a probe) has only its own moves to learn from. */
const REMEMBERED_ALONE = 12;
/** A series is never taken to be calmer than this share of its level's variance. */
const CALMEST = 0.4;

/** A detrended lag-1 difference and the variance that docs explain in it, in noise units. */
interface Move {
  readonly size: number;
  readonly variance: number;
}

interface Moves {
  readonly series: MeasuredSeries;
  readonly moves: readonly Move[];
}

/**
 * Jitter of every series; series of the same level share. Empirical Bayes for variances (Smyth 2004):
 * own estimate, level pool and prior are weighted by their degrees of freedom.
 * @param positionsOf the frame positions whose differences may be used
 */
export function learnJitter(
  all: readonly MeasuredSeries[],
  positionsOf: (series: MeasuredSeries) => readonly number[],
): ReadonlyMap<MeasuredSeries, Jitter> {
  const levels = new Map<string, Moves[]>();
  for (const series of all) {
    const peers = levels.get(series.level) ?? [];
    peers.push({ series, moves: detrendedMoves(series, positionsOf(series)) });
    levels.set(series.level, peers);
  }
  const learned = new Map<MeasuredSeries, Jitter>();
  for (const peers of levels.values()) learnLevel(peers, positionsOf, learned);
  return learned;
}

function learnLevel(
  peers: readonly Moves[],
  positionsOf: (series: MeasuredSeries) => readonly number[],
  learned: Map<MeasuredSeries, Jitter>,
): void {
  const prior = peers.reduce((sum, peer) => sum + priorOf(peer.series), 0) / peers.length;
  const level = levelJitter(peers, prior, levelJitter(peers, prior, prior));
  const deviation = deviationOf(
    peers.flatMap((peer) => peer.moves),
    level,
  );
  const memory = jitterMemory(
    peers.map(({ series }) => ({ series, positions: positionsOf(series) })),
    level,
  );
  for (const { series, moves } of peers) {
    // A louder series than its level says more about itself.
    const own = excess(moves, Math.max(level, excess(moves, level, deviation).estimate), deviation);
    const total = LEVEL_DF + own.df;
    const shrink = (estimate: number) =>
      Math.max((LEVEL_DF * level + own.df * estimate) / total, CALMEST * level) / (1 - memory);
    const variance = shrink(own.estimate);
    const sustained = Math.min(variance, shrink(own.withoutLargest));
    const upper = (variance * total) / chiSquareQuantile(-Z95 * 0.8392, total);
    learned.set(series, { variance, sustained, upper, memory });
  }
}

/** Pooled over the series of a level, shrunk to the metric's prior. */
function levelJitter(peers: readonly Moves[], prior: number, guess: number): number {
  const deviation = deviationOf(
    peers.flatMap((peer) => peer.moves),
    guess,
  );
  const own = withoutLoud(peers.map(({ moves }) => excess(moves, guess, deviation)));
  const df = own.reduce((sum, peer) => sum + peer.df, 0);
  const pooled = df > 0 ? Math.max(0, own.reduce((sum, peer) => sum + peer.df * peer.estimate, 0) / df) : 0;
  return (PRIOR_DF * prior + df * pooled) / (PRIOR_DF + df);
}

/** Standard errors above its like at which a series speaks for itself alone: one that jitters wildly must not blind the others. */
const LOUD = 5;

/** An estimate of variance with so many degrees of freedom has the standard error sqrt(2 / df), relative to the truth. */
function withoutLoud<One extends { readonly estimate: number; readonly df: number }>(own: readonly One[]): One[] {
  const df = own.reduce((sum, one) => sum + one.df, 0);
  const total = own.reduce((sum, one) => sum + one.df * one.estimate, 0);
  return own.filter((one) => {
    const others = (total - one.df * one.estimate) / (df - one.df);
    return !(others > 0) || one.estimate <= others * (1 + LOUD * Math.sqrt(2 / one.df));
  });
}

/** Robust deviation of the moves in units of what docs and jitter explain; 0 without moves. */
function deviationOf(moves: readonly Move[], jitter: number): number {
  const sizes = moves.map(({ size, variance }) => size / Math.sqrt(2 * jitter + variance));
  return sizes.length ? robustDeviation(sizes, 0) : 0;
}

/**
 * Half the variance of the moves beyond what docs explain, of all and without the largest; winsorised, so that one drop does not look like jitter.
 * A move of variance 2 tau^2 + v weighs by its information about tau^2, (2 tau^2 / (2 tau^2 + v))^2 (method of scoring; Harville 1977):
 * where docs explain nearly all of it, it says nothing of jitter and is worth no degree of freedom.
 * @param guess of tau^2
 */
function excess(
  moves: readonly Move[],
  guess: number,
  levelDeviation: number,
): { estimate: number; withoutLargest: number; df: number } {
  if (moves.length === 0 || guess <= 0) return { estimate: 0, withoutLargest: 0, df: 0 };
  const bound = WINSOR * Math.max(levelDeviation, deviationOf(moves, guess));
  const weighed = moves.map(({ size, variance }) => {
    const expected = 2 * guess + variance;
    const square = Math.min(Math.abs(size), bound * Math.sqrt(expected)) ** 2;
    return { square, variance, weight: ((2 * guess) / expected) ** 2 };
  });
  const sum = (read: (each: (typeof weighed)[number]) => number) => weighed.reduce((all, each) => all + read(each), 0);
  const weights = sum(({ weight }) => weight);
  const docs = sum(({ weight, variance }) => weight * variance);
  const all = sum(({ weight, square }) => weight * square);
  const largest = Math.max(...weighed.map(({ weight, square }) => weight * square));
  const rest = (all - largest) / withoutLargestShare(moves.length);
  return {
    estimate: (all - docs) / 2 / weights,
    withoutLargest: (rest - docs) / 2 / weights,
    df: weights / DIFFERENCES_PER_DF,
  };
}

/** What is left of the sum of m squared normals without the largest, as a share: within 2 % of simulation for 3 to 16. */
function withoutLargestShare(m: number): number {
  return m < 3 ? 1 : ((m - 1) / m) * (1 - 1.2 / (m + 1) ** 0.55);
}

/** Lag-1 differences minus the running median of 5; the first (the steepest of a young run) is left out once there are enough. */
function detrendedMoves(series: MeasuredSeries, positions: readonly number[]): Move[] {
  const differences = positions.slice(1).flatMap((position, i) => {
    const before = positions[i]!;
    const { difference, variance } = series.contrast([position], [before]);
    // The two may have no doc in common.
    if (Number.isNaN(difference)) return [];
    return [{ difference, variance, unit: unitOf(series, (series.mean(position) + series.mean(before)) / 2) }];
  });
  if (differences.length < 2) return [];
  const detrended = differences.map(({ difference, variance, unit }, i) => {
    const around = differences.slice(Math.max(0, i - 2), i + 3).map((each) => each.difference);
    return { size: (difference - median(around)) / unit, variance: variance / unit ** 2 };
  });
  return (detrended.length > 7 ? detrended.slice(1) : detrended).slice(
    series.level.startsWith('probe:') ? -REMEMBERED_ALONE : -REMEMBERED,
  );
}

/** The metric's prior; a mean over K tasks keeps only the shared part of their jitter (about a third of the variance). */
function priorOf(series: MeasuredSeries): number {
  const tasks = series.panels.length;
  const shared = series.level === 'task' || series.level === 'leaf' ? 1 : 0.3 + 0.7 / tasks;
  return series.noise.priorJitter ** 2 * shared;
}

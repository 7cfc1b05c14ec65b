/** How often verdicts cry wolf and how soon they find a drop: the real verdict code over simulated worlds, beside the targets. */
import { pathToFileURL } from 'node:url';
import type { JudgeOptions } from '../../src/trend/judge.ts';
import { openView } from '../fakes/escalating-view.ts';
import { NAIVE_RULES } from '../fakes/naive-rules.ts';
import { readRecordedRun, resampled } from '../fakes/recorded-run.ts';
import { replayRun } from '../fakes/replay-run.ts';
import { watchWorld } from '../fakes/watch-world.ts';
import { PLAIN_WORLD, type World, worldCheckpoints, worldClusters, worldTasks } from '../fakes/worlds.ts';

export interface Row {
  readonly name: string;
  /** e.g. `1.2 per 1,000 checkpoints (95 %: 0.3 to 3.1)`. */
  readonly value: string;
  readonly goal: string;
}

export interface BenchVerdictsOptions {
  /** Worlds a row. */
  readonly worlds?: number;
  readonly seed?: number;
  /** Told of each row as soon as it is there. */
  readonly onRow?: (row: Row) => void;
}

const flat = (capability: number) => PLAIN_WORLD.accuracy(capability, 0);
const LOUD = { commonJitter: 0.016, ownJitter: 0.024 };
const TAILS = { jitterDf: 5 };
/** Every run starts like this: fast, each capability at its own time, then slower and slower. */
const learning = (c: number, t: number) =>
  0.25 + (0.3 + (0.45 * ((c * 7) % 30)) / 29) * (1 - Math.exp(-(t + 1) / (2 + (c % 5))));

/** Nothing for ten checkpoints, then fast. */
const warmUp = (c: number, t: number) => 0.25 + (0.4 * (c % 30)) / 29 / (1 + Math.exp(-(t - 14) / 2.5));
const restart = (c: number, t: number) => PLAIN_WORLD.accuracy(c, t) - (t >= 20 && t < 23 ? 0.01 : 0);

const QUIET: readonly (readonly [name: string, world: Partial<World> & { readonly isTold?: boolean }, goal: string])[] =
  [
    ['Gaussian jitter, slowly rising', {}, '<= 1'],
    ['Gaussian jitter, flat', { accuracy: flat }, '<= 1'],
    ['jitter t5', TAILS, '<= 1.5'],
    ['jitter t3 (freak checkpoints)', { jitterDf: 3 }, '<= 4'],
    ['jitter 4 x the prior', LOUD, '-'],
    ['checkpoints 4 to 10, jitter 1 x', { checkpoints: 10 }, '<= 2'],
    ['checkpoints 4 to 10, jitter 2 x', { checkpoints: 10, commonJitter: 0.008, ownJitter: 0.012 }, '<= 4'],
    ['checkpoints 4 to 10, jitter 3 x', { checkpoints: 10, commonJitter: 0.012, ownJitter: 0.018 }, '<= 8'],
    ['steep early learning, saturating', { checkpoints: 20, accuracy: learning }, '<= 2'],
    // What the rules were not tuned on.
    ['half at chance, half at 97 %', { accuracy: (c) => (c % 2 ? 0.97 : 0.25) }, '<= 2'],
    ['10 capabilities', { ...TAILS, capabilities: 10 }, '<= 1.5'],
    ['200 capabilities', { ...TAILS, capabilities: 200, docs: 150 }, '<= 3'],
    ['50 docs', { ...TAILS, docs: 50 }, '<= 1.5'],
    ['slow warm-up, then learning', { accuracy: warmUp }, '<= 2'],
    ['jitter doubles mid-run', { jitterFactor: (t) => (t < 20 ? 1 : 2) }, '<= 4'],
    ['areas that move together', { ...TAILS, areaJitter: 0.008 }, '<= 2'],
    ['another engine mid-run', { ...TAILS, engineSwapAt: 20 }, '<= 1.5'],
    ['docs of one passage move together, as the data say', { ...TAILS, passage: 10, isTold: true }, '<= 2'],
    ['docs of one passage move together, and nobody says so', { ...TAILS, passage: 10 }, '-'],
    ['learning-rate restart: everything dips by 1 point for 3', { accuracy: restart }, '-'],
  ];

/** Worlds that are seen by escalation: 300 docs of 1,500 at first, back-evaluation counted. */
const ESCALATED: readonly (readonly [name: string, world: Partial<World>, goal: string])[] = [
  ['Gaussian jitter, slowly rising', {}, '<= 1, docs <= 35 %'],
  ['jitter t5', TAILS, '<= 1.5, docs <= 35 %'],
];
const BASE_DOCS = 300;
const ALL_DOCS = 1500;

const ONSET = 20;
const LAGS = [1, 2, 3, 6, 8, 9] as const;
const rising = (slope: number, from: number) => (c: number, t: number) => from + (0.3 * (c % 30)) / 29 + slope * t;

const DROPS: readonly (readonly [
  name: string,
  world: Partial<World>,
  drop: (c: number, t: number) => number,
  goal: string,
])[] = [
  ['10 points in one capability', TAILS, (c, t) => (c === 15 && t >= ONSET ? 0.1 : 0), 'by 2: 100 %'],
  ['8 points in one capability', TAILS, (c, t) => (c === 15 && t >= ONSET ? 0.08 : 0), '-'],
  [
    '5 points in one capability',
    TAILS,
    (c, t) => (c === 15 && t >= ONSET ? 0.05 : 0),
    '25 / 85 / 92 / 97 / 98 % by 1, 2, 3, 6, 8 (1,500 docs)',
  ],
  [
    '5 points as a ramp over 10',
    TAILS,
    (c, t) => (c === 15 ? 0.005 * Math.min(10, Math.max(0, t - ONSET + 1)) : 0),
    '-',
  ],
  [
    '3 points in one capability',
    TAILS,
    (c, t) => (c === 15 && t >= ONSET ? 0.03 : 0),
    '0 / 20 / 35 / 50 / 55 % by 1, 2, 3, 6, 8 (1,500 docs)',
  ],
  ['2 points in every capability', TAILS, (_c, t) => (t >= ONSET ? 0.02 : 0), 'by 3: 65 %'],
  [
    '5 points while rising 0.5 a checkpoint',
    { ...TAILS, accuracy: rising(0.005, 0.2) },
    (c, t) => (c === 15 && t >= ONSET ? 0.05 : 0),
    'by 9: 60 %',
  ],
  [
    '10 points on a saturating curve',
    { ...TAILS, accuracy: learning },
    (c, t) => (c === 15 && t >= ONSET ? 0.1 : 0),
    'by 9: 90 %',
  ],
  [
    '10 points while rising 1 a checkpoint',
    { ...TAILS, accuracy: rising(0.01, 0.2) },
    (c, t) => (c === 15 && t >= ONSET ? 0.1 : 0),
    'by 9: 97 %',
  ],
];

/** The table: 300 docs a capability everywhere, and 300 escalating to 1,500 by the strategy's own code. */
export async function benchVerdicts(options: BenchVerdictsOptions = {}): Promise<Row[]> {
  const { worlds = 20, seed = 1, onRow } = options;
  const rows: Row[] = [];
  const add = (row: Row) => {
    rows.push(row);
    onRow?.(row);
  };
  for (const [name, world, goal] of QUIET) {
    const { alerts, naive, checkpoints } = falseAlerts(world, worlds, seed);
    const [low, high] = poissonInterval(alerts);
    const per = (count: number) => ((1000 * count) / checkpoints).toFixed(1);
    const others = naive.map((count, i) => `${NAIVE_RULES[i]!.name}: ${per(count)}`).join(', ');
    add({
      name: `false alerts: ${name}`,
      value: `${per(alerts)} per 1,000 checkpoints (95 %: ${per(low)} to ${per(high)}); ${others}`,
      goal,
    });
  }
  for (const [name, world, goal] of ESCALATED) {
    const { alerts, checkpoints, share } = falseAlertsEscalated(world, worlds, seed);
    const [low, high] = poissonInterval(alerts);
    const per = (count: number) => ((1000 * count) / checkpoints).toFixed(1);
    add({
      name: `false alerts, escalating: ${name}`,
      value: `${per(alerts)} per 1,000 checkpoints (95 %: ${per(low)} to ${per(high)}); docs asked: ${Math.round(100 * share)} %`,
      goal,
    });
  }
  const say = (found: readonly number[]) =>
    LAGS.map((lag, i) => `by ${lag}: ${Math.round(100 * found[i]!)} %`).join(', ');
  for (const [name, world, drop, goal] of DROPS) {
    add({ name: `found: ${name}`, value: say(foundWithin(world, drop, worlds, seed)), goal });
    const escalated = foundWithin({ ...world, docs: ALL_DOCS }, drop, worlds, seed, ONSET, BASE_DOCS);
    add({ name: `found, escalating: ${name}`, value: say(escalated), goal });
  }
  for (const row of healthyResampled(200)) add(row);
  return rows;
}

/** Alerts of worlds in which nothing happens, checkpoints at which each naive rule would have raised one, and the checkpoints that could. */
export function falseAlerts(
  change: Partial<World> & { readonly isTold?: boolean },
  worlds: number,
  seed: number,
  judging: JudgeOptions = {},
) {
  let alerts = 0;
  let checkpoints = 0;
  const naive = NAIVE_RULES.map(() => 0);
  for (let i = 0; i < worlds; i++) {
    const world = { ...PLAIN_WORLD, ...change, seed: seed + i };
    const run = [...worldCheckpoints(world)];
    const options = change.isTold ? { ...judging, clusters: worldClusters(world) } : judging;
    alerts += watchWorld(run, worldTasks(world), options).alerts;
    checkpoints += world.checkpoints - 3;
    for (let t = 3; t < run.length; t++) {
      const series = run[t]!.outcomes.map((_, c) => run.slice(0, t + 1).map(({ outcomes }) => outcomes[c]!.values));
      NAIVE_RULES.forEach((rule, k) => {
        if (series.some(rule.isWorse)) naive[k]!++;
      });
    }
  }
  return { alerts, naive, checkpoints };
}

/** Alerts of quiet worlds that are seen by escalation, and the share of their docs that was asked. */
export function falseAlertsEscalated(change: Partial<World>, worlds: number, seed: number) {
  let [alerts, checkpoints, share] = [0, 0, 0];
  for (let i = 0; i < worlds; i++) {
    const world = { ...PLAIN_WORLD, docs: ALL_DOCS, ...change, seed: seed + i };
    const tasks = worldTasks(world);
    const view = openView(tasks, { base: BASE_DOCS });
    alerts += watchWorld(worldCheckpoints(world), tasks, {}, view).alerts;
    checkpoints += world.checkpoints - 3;
    share += view.share() / worlds;
  }
  return { alerts, checkpoints, share };
}

/** The recorded healthy run with its docs drawn anew, seen whole and by escalation. */
function healthyResampled(times: number): Row[] {
  const run = readRecordedRun(new URL('../../fixtures/runs/healthy', import.meta.url).pathname, 340);
  if (!run) return [];
  let [whole, escalated] = [0, 0];
  for (let seed = 1; seed <= times; seed++) {
    const drawn = resampled(run, seed);
    if (replayRun({ run: 'healthy', ...drawn }).alerts.length > 0) whole++;
    const view = openView(drawn.tasks, { base: 0.2 });
    if (replayRun({ run: 'healthy', ...drawn, view }).alerts.length > 0) escalated++;
  }
  const value = `${whole} of ${times} loud, ${escalated} of ${times} escalating`;
  return [{ name: 'recorded healthy run, docs drawn anew', value, goal: '0' }];
}

/**
 * Share of worlds in which the drop was found at its 1st, 2nd, 3rd, 6th, 8th, 9th checkpoint or before.
 * @param base docs of the first look, escalating from there; null sees all docs
 */
export function foundWithin(
  change: Partial<World>,
  drop: (c: number, t: number) => number,
  worlds: number,
  seed: number,
  onset = ONSET,
  base: number | null = null,
  judging: JudgeOptions = {},
): number[] {
  const found = LAGS.map(() => 0);
  for (let i = 0; i < worlds; i++) {
    const quiet = { ...PLAIN_WORLD, ...change, seed: seed + 1000 + i };
    const world = {
      ...quiet,
      checkpoints: onset + 9,
      accuracy: (c: number, t: number) => quiet.accuracy(c, t) - drop(c, t),
    };
    const isAll = drop(0, 1e6) > 0;
    const tasks = worldTasks(world);
    const view = base === null ? undefined : openView(tasks, { base });
    const { firing } = watchWorld(worldCheckpoints(world), tasks, judging, view);
    const first = firing.findIndex(
      (each, t) => t >= onset && each.some(({ capability }) => isAll || capability.endsWith('.skill15')),
    );
    LAGS.forEach((lag, k) => {
      if (first >= 0 && first - onset < lag) found[k]!++;
    });
  }
  return found.map((count) => count / worlds);
}

/** 95 % interval of a Poisson count (Wilson and Hilferty's approximation to the exact one). */
export function poissonInterval(count: number): [number, number] {
  const bound = (n: number, z: number) => (n <= 0 ? 0 : n * (1 - 1 / (9 * n) + z / (3 * Math.sqrt(n))) ** 3);
  return [bound(count, -1.96), bound(count + 1, 1.96)];
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await benchVerdicts({
    worlds: Number(process.argv[2] ?? 20),
    onRow: ({ name, value, goal }) => process.stdout.write(`${name}\n    ${value}\n    goal ${goal}\n`),
  });
}

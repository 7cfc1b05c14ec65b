/** What the store knows of a run's evaluated checkpoints, as values for a strategy. */
import type { Outcomes, Score } from '../domain/score.ts';
import { keptHealth, soundnessOf } from '../domain/set-health.ts';
import type { Verdict, VerdictKind } from '../domain/trend.ts';
import { setHealth } from '../evaluation/health/set-health.ts';
import type { Task } from '../evaluation/task.ts';
import type { Store } from '../store/open-store.ts';
import { learnCosts } from '../strategy/cost.ts';
import type { History, TaskHistory } from '../strategy/history.ts';
import { speedOfChange } from '../strategy/speed-of-change.ts';
import { Z95 } from '../trend/distributions.ts';
import { itemBanks } from './item-banks.ts';
import { traitsOf } from './task-traits.ts';

export interface HistoryOptions {
  readonly run: string;
  /** The checkpoint to plan: what is known of later ones is not looked at. */
  readonly step: number;
  /** A task may have been left out for so many checkpoints and is still known. */
  readonly lookBack: number;
  /** Docs that every checkpoint answers, where further ones are to be chosen; null where none are. */
  readonly chooseBeyond: number | null;
}

/** Evaluations whose costs are read. */
const COSTS_OF = 12;
/** Checkpoints over which docs are looked at, and how many of them it takes to say that one never changes. */
const HEALTH_OVER = 8;
const HEALTH_FEWEST = 5;

interface Measured {
  readonly checkpoint: string;
  readonly step: number;
  /** Place among the evaluated checkpoints. */
  readonly place: number;
  readonly scores: readonly Score[];
}

export function planHistory(
  store: Pick<Store, 'checkpoints' | 'scores' | 'verdicts' | 'plans' | 'runs'>,
  tasks: readonly Task[],
  { run, step, lookBack, chooseBeyond }: HistoryOptions,
): History {
  const evaluated = store.checkpoints.ofRun(run).filter((one) => one.state === 'evaluated' && one.step < step);
  const measured = evaluated
    .map(({ id, step: at }, place) => ({ checkpoint: id, step: at, place }))
    .slice(-lookBack)
    .map((one): Measured => ({ ...one, scores: store.scores.ofCheckpoint(one.checkpoint) }));
  const outcomes = store.scores.recentOutcomes(run, { upToStep: step - 1, limit: HEALTH_OVER });
  const verdictsOf = remember((checkpoint: string) => store.verdicts.ofCheckpoint(checkpoint));
  const known = tasks.flatMap((task): [string, TaskHistory][] => {
    const { name, primaryMetric } = task.summary;
    const series = seriesOf(measured, name, primaryMetric);
    const newest = series.at(-1);
    if (newest === undefined) return [];
    const { score, at } = newest;
    const own = outcomes.flatMap((each) => each.outcomes.filter((one) => isOf(one, score)));
    return [
      [
        name,
        {
          lastStep: at.step,
          missed: evaluated.length - 1 - at.place,
          ...gravest(verdictsOf(at.checkpoint), task),
          speed: speedOfChange(series.map((one) => ({ ...one.score, place: one.at.place }))),
          ...limitsOf(task, score),
          health: healthOf(own),
          soundness: soundnessOf(keptHealth(setHealth(task))),
        },
      ],
    ];
  });
  const costs = learnCosts(store.plans.spentOn(run, COSTS_OF));
  const docs = chooseBeyond === null ? new Map() : itemBanks(store, tasks, { run, step, base: chooseBeyond });
  return { evaluated: evaluated.length, tasks: new Map(known), costs, docs };
}

/** Of the segment that the newest measurement belongs to, ascending. */
function seriesOf(measured: readonly Measured[], task: string, metric: string): { score: Score; at: Measured }[] {
  const all = measured.flatMap((at) => {
    const score = at.scores.find((one) => one.task === task && one.metric === metric && one.n > 0);
    return score === undefined ? [] : [{ score, at }];
  });
  return all.filter(({ score }) => score.taskHash === all.at(-1)!.score.taskHash);
}

function isOf(outcomes: Outcomes, { task, metric, taskHash }: Score): boolean {
  return outcomes.task === task && outcomes.metric === metric && outcomes.taskHash === taskHash;
}

const GRAVITY: readonly VerdictKind[] = ['unknown', 'same', 'better', 'suspected', 'worse'];

/** Of the task itself and of the capabilities it is labelled with. */
function gravest(verdicts: readonly Verdict[], { summary }: Task): Pick<TaskHistory, 'verdict' | 'z'> {
  const own = verdicts.filter(
    ({ series }) =>
      series.task === summary.name || (series.capability !== null && summary.capabilities.includes(series.capability)),
  );
  const [first] = own.sort((a, b) => GRAVITY.indexOf(b.kind) - GRAVITY.indexOf(a.kind) || evidence(b) - evidence(a));
  return { verdict: first?.kind ?? null, z: first?.z == null ? null : Math.abs(first.z) };
}

const evidence = ({ z }: Verdict): number => Math.abs(z ?? 0);

/** Of a proportion: what is left above it is mostly docs with wrong keys. */
const CEILING = 0.97;

/** At floor when its interval covers what guessing scores, at ceiling when next to nothing is left to gain. */
function limitsOf(task: Task, { value, stderr }: Score): Pick<TaskHistory, 'isAtFloor' | 'isAtCeiling'> {
  const { chance } = traitsOf(task);
  const isProportion = task.measures[0]?.metric.unit === 'proportion' && task.measures[0].higherIsBetter;
  return {
    isAtFloor: chance !== null && isProportion && value - Z95 * (Number.isFinite(stderr) ? stderr : 0) <= chance,
    isAtCeiling: isProportion && value >= CEILING,
  };
}

/** Share of the docs that not all of the last checkpoints answered alike, in [0, 1]; 1 while too few are known. */
function healthOf(outcomes: readonly Outcomes[]): number {
  const docs = Math.min(...outcomes.map(({ values }) => values.length));
  if (outcomes.length < HEALTH_FEWEST || docs === 0) return 1;
  let changing = 0;
  for (let doc = 0; doc < docs; doc++) {
    const first = outcomes[0]!.values[doc];
    if (outcomes.some(({ values }) => values[doc] !== first)) changing++;
  }
  return changing / docs;
}

function remember<Key, Value>(read: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    const before = known.get(key);
    if (before !== undefined) return before;
    const value = read(key);
    known.set(key, value);
    return value;
  };
}

/**
 * In which order tasks are worth asking: what is under suspicion first, then by the information that is expected of a second, and rarely
 * what tells little. Pure.
 */
import { isProbe } from '../domain/capability.ts';
import type { OutputType } from '../domain/task.ts';
import { secondsPerDocOf } from './cost.ts';
import { byCapability, nodesOf, type SliceWords } from './first-docs.ts';
import type { TaskHistory } from './history.ts';
import { medianOf } from './median.ts';
import { whyRarely } from './rarely.ts';
import type { PlannableTask, StrategyInput } from './strategy.ts';
import { tuningRank } from './suit-stage.ts';

export interface Due {
  readonly task: PlannableTask;
  readonly secondsPerDoc: number | null;
  readonly words: Required<SliceWords>;
  /** Asked whatever it costs. */
  readonly isKept: boolean;
  /** Why only a part of its docs is asked, a sentence; null when all of them are. */
  readonly thinned: string | null;
}

interface Standing extends Due {
  readonly rank: number;
  readonly worth: number;
}

/** Tasks to be asked, the most worthwhile first; their perturbed variants follow them wherever they go. */
export function orderTasks(input: StrategyInput): Due[] {
  const tasks = input.tasks.filter(({ variant }) => variant === undefined);
  const perDoc = secondsPerDocOf(input.tasks, input.history.costs);
  const secondsOf = (task: PlannableTask) => {
    const seconds = perDoc.get(task.name) ?? null;
    return seconds === null ? null : seconds * Math.min(task.size, input.docsPerTask);
  };
  const usual = medianOf(tasks.flatMap((task) => secondsOf(task) ?? []));
  const usualOf = usualByKind(tasks, secondsOf);
  const due = tasks.map((task): Standing => {
    const secondsPerDoc = perDoc.get(task.name) ?? null;
    const seconds = secondsOf(task);
    const standing = standingOf(task, input, whyRarely(task, input, seconds, usualOf.get(task.outputType) ?? null));
    // Where nothing is known of costs all tasks count as equally dear.
    const worth = standing.worth / (standing.rank === 1 ? 1 : (seconds ?? usual ?? 1));
    return { task, secondsPerDoc, ...standing, worth };
  });
  return due.sort((a, b) => a.rank - b.rank || b.worth - a.worth || byCapability(a.task, b.task));
}

function usualByKind(
  tasks: readonly PlannableTask[],
  secondsOf: (task: PlannableTask) => number | null,
): ReadonlyMap<OutputType, number | null> {
  const kinds = new Set(tasks.map(({ outputType }) => outputType));
  const costs = (kind: OutputType) =>
    tasks.flatMap((task) => (task.outputType === kind ? (secondsOf(task) ?? []) : []));
  return new Map([...kinds].map((kind) => [kind, medianOf(costs(kind))]));
}

type Judged = Pick<Standing, 'rank' | 'worth' | 'words' | 'isKept' | 'thinned'>;

/** @param rarely why it is asked rarely, a clause */
function standingOf(task: PlannableTask, input: StrategyInput, rarely: string | null): Judged {
  const { history, anchorEvery } = input;
  const known = history.tasks.get(task.name);
  const nodes = nodesOf(task);
  if (task.capabilities.some(isProbe)) {
    return {
      rank: 0,
      worth: 1,
      isKept: true,
      thinned: null,
      words: {
        reason: 'A probe is cheap and moves before any score does, so it is always asked.',
        couldChange: 'Whether something broke in training, whatever the scores still say.',
      },
    };
  }
  if (known?.verdict === 'suspected' || known?.verdict === 'worse') {
    const evidence = known.z === null ? '' : ` with ${known.z.toFixed(1)} standard errors of evidence`;
    return {
      rank: 1,
      worth: known.z ?? 0,
      isKept: true,
      thinned: null,
      words: {
        reason: `At step ${known.lastStep} it was ${known.verdict}${evidence}, so it is asked before the others.`,
        couldChange:
          known.verdict === 'suspected'
            ? `Whether the suspicion on ${nodes} becomes an alert or is dropped.`
            : `Whether the drop of ${nodes} lasts, deepens or is over.`,
      },
    };
  }
  const isTurn = known === undefined || input.isAnchor;
  const thinned =
    rarely === null || isTurn
      ? null
      : `${capitalised(rarely)}, so all its docs are asked at every ${ordinal(anchorEvery)} checkpoint and the rest waits until then.`;
  return {
    rank: 2 + tuningRank(task, input) + (rarely === null ? 0 : 2),
    worth: informationOf(known, history.evaluated),
    isKept: false,
    thinned,
    words: wordsOf(known, nodes, rarely, isTurn),
  };
}

function wordsOf(
  known: TaskHistory | undefined,
  nodes: string,
  rarely: string | null,
  isTurn: boolean,
): Required<SliceWords> {
  const verdict = `The verdict on ${nodes} at this checkpoint.`;
  if (known === undefined) {
    return { reason: 'It was never measured on this run, so nothing is known of it yet.', couldChange: verdict };
  }
  if (rarely !== null) {
    const couldChange = known.isAtFloor
      ? `Whether ${nodes} has left its chance level.`
      : known.isAtCeiling
        ? `Whether ${nodes} has begun to fall from its ceiling.`
        : verdict;
    const reason = isTurn
      ? `${capitalised(rarely)}, so all its docs are asked rarely, and this is its turn.`
      : `${capitalised(rarely)}, so a few docs are asked: enough to notice when that ends.`;
    return { reason, couldChange };
  }
  const moves =
    known.speed === null
      ? ''
      : known.speed < 0.05
        ? '; it hardly moves'
        : `; it moves by ${known.speed.toFixed(1)} standard errors a checkpoint`;
  if (known.missed === 0) return { reason: `It was measured at the checkpoint before${moves}.`, couldChange: verdict };
  const times = known.missed === 1 ? 'the last checkpoint' : `${known.missed} checkpoints`;
  return { reason: `It was not measured for ${times}${moves}.`, couldChange: verdict };
}

/** Of what a score may have done since it was measured last: a trend grows with time, the jitter of checkpoints with its root. */
const UNKNOWN_SPEED = 0.5;

/**
 * Expected information of measuring a task now, in nats: its change since it was measured last is held to be Gaussian with variance
 * (k v)^2 + k, in units of the error it is measured with, so it is 1/2 ln(1 + (k v)^2 + k) (Lindley 1956, Ann. Math. Stat. 27: the
 * information of an experiment; the Gaussian channel of Shannon 1948), by the share of docs that tell anything and what the set is worth. k: checkpoints since
 * then; v: what it moves at each.
 * @param evaluated checkpoints that never had it, for one that is new
 */
export function informationOf(known: TaskHistory | undefined, evaluated: number): number {
  const k = known === undefined ? evaluated + 10 : known.missed + 1;
  const trend = k * (known?.speed ?? UNKNOWN_SPEED);
  return (known?.health ?? 1) * (known?.soundness ?? 1) * 0.5 * Math.log1p(trend * trend + k);
}

const capitalised = (clause: string): string => clause.charAt(0).toUpperCase() + clause.slice(1);

function ordinal(count: number): string {
  const teen = count % 100 >= 11 && count % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][count % 10] ?? 'th');
  return `${count}${ending}`;
}

/** What each doc of a task tells, learned from the checkpoints that answered more than the base docs: of this run and of others. */
import type { Outcomes } from '../domain/score.ts';
import type { CheckpointOutcomes } from '../domain/trend.ts';
import type { Task } from '../evaluation/task.ts';
import type { Store } from '../store/open-store.ts';
import type { KnownDocs } from '../strategy/history.ts';
import { abilityOf, fitItems, type ItemBank } from '../strategy/item-response.ts';

export interface ItemBankOptions {
  readonly run: string;
  /** What is known of later checkpoints is not looked at. */
  readonly step: number;
  /** Docs that every checkpoint answers: those who answered no more say nothing of the others. */
  readonly base: number;
}

/** Runs, the newest first, and checkpoints of each. */
const RUNS = 5;
const CHECKPOINTS = 60;
/** The newest that answered more than the base docs. */
const ROWS = 24;

/** By task; one whose answers are not right or wrong, or that too few checkpoints answered further, is not there. */
export function itemBanks(
  store: Pick<Store, 'runs' | 'scores'>,
  tasks: Iterable<Task>,
  { run, step, base }: ItemBankOptions,
): ReadonlyMap<string, KnownDocs> {
  const own = store.scores.recentOutcomes(run, { upToStep: step - 1, limit: CHECKPOINTS });
  const others = store.runs
    .list()
    .filter(({ id }) => id !== run)
    .slice(1 - RUNS)
    .flatMap(({ id }) => store.scores.recentOutcomes(id, { limit: CHECKPOINTS }));
  return new Map(
    [...tasks].flatMap((task): [string, KnownDocs][] => {
      const { name, primaryMetric } = task.summary;
      const rowOf = ({ checkpoint, outcomes }: CheckpointOutcomes) =>
        outcomes
          .filter((one) => one.task === name && one.metric === primaryMetric)
          .map((one) => ({ checkpoint, ...one }))[0];
      const newest = own.map(rowOf).findLast((row) => row !== undefined);
      if (newest === undefined || !isRightOrWrong(newest)) return [];
      const rows = [...others, ...own]
        .flatMap((each) => rowOf(each) ?? [])
        .filter((row) => row.taskHash === newest.taskHash && row.values.length > base)
        .slice(-ROWS);
      const items = fitOnce(task, run, rows);
      return items === null ? [] : [[name, { items, ability: abilityOf(items, newest.values).value }]];
    }),
  );
}

function isRightOrWrong({ values }: Outcomes): boolean {
  return values.every((value) => value === 0 || value === 1 || Number.isNaN(value));
}

interface Fitted {
  /** Checkpoints it was fitted on. */
  readonly on: string;
  readonly items: ItemBank | null;
}

const fitted = new WeakMap<Task, Map<string, Fitted>>();

/** A fit takes a tenth of a second, and nothing changes it until another checkpoint answers more than the base docs. */
function fitOnce(
  task: Task,
  run: string,
  rows: readonly { readonly checkpoint: string; readonly values: Float32Array }[],
): ItemBank | null {
  const byRun = fitted.get(task) ?? new Map<string, Fitted>();
  fitted.set(task, byRun);
  const on = rows.map(({ checkpoint, values }) => `${checkpoint} ${values.length}`).join('\n');
  const before = byRun.get(run);
  if (before?.on === on) return before.items;
  const items = fitItems(rows.map(({ values }) => values));
  byRun.set(run, { on, items });
  return items;
}

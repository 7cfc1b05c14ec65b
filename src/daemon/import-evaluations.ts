/**
 * Brings in evaluations that exist already, checkpoint after checkpoint in the order of steps, through the same verdicts and alerts
 * a watched run gets. Nobody is written to about the past: alerts are stored and told as events, and go to no channel.
 */
import { basename } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { ImportTrouble } from '../evaluation/harness/recorded.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import type { StoredRun } from '../store/runs.ts';
import type { Clock } from '../system/clock.ts';
import { createEventBus, type EventListener } from './event-bus.ts';
import { factsOfRun } from './imported-facts.ts';
import { openTaskLabels } from './imported-labels.ts';
import { openSegmentBook } from './imported-segments.ts';
import { type JudgingContext, judgeEvaluated } from './judge-checkpoint.ts';
import { keepAnswers } from './keep-answers.ts';
import { FORMAT, keepImported, readImported, type TakenCheckpoint } from './keep-imported.ts';
import { slugOf } from './keep-notices.ts';
import type { RecordedCheckpoint, RecordedRun } from './recorded-checkpoints.ts';

export interface ImportOptions {
  /** Id or name of the run; one that is not there is made. */
  readonly run: string;
  /** Absolute path that was looked through. */
  readonly path: string;
  readonly recorded: RecordedRun;
  readonly config: Config;
  readonly store: Store;
  readonly clock: Clock;
  readonly onEvent: EventListener;
  readonly onProgress?: (done: number, total: number) => void;
}

export interface ImportSummary {
  readonly run: string;
  /** Steps taken now. */
  readonly taken: readonly number[];
  /** Checkpoints that were there and did not change. */
  readonly known: number;
  readonly tasks: number;
  /** Tasks of which nothing but aggregates is there. */
  readonly withoutDocs: readonly string[];
  /** Docs with samples, over all checkpoints taken. */
  readonly docs: number;
  /** Series judged at the newest checkpoint. */
  readonly series: number;
  /** Alerts of the run that fired at checkpoints judged now. */
  readonly alerts: number;
  readonly groups: readonly string[];
  /** First step judged again because something earlier than the newest was added; null when nothing was. */
  readonly judgedAgainFrom: number | null;
  readonly troubles: readonly ImportTrouble[];
}

/** Safe to do again: what did not change is left as it is. */
export async function importEvaluations(options: ImportOptions): Promise<ImportSummary> {
  const { store, config, clock, recorded } = options;
  let isTold = true;
  const fired = new Set<string>();
  const bus = createEventBus({
    append: (event) => (isTold ? store.events.append(event) : 0),
    transaction: store.transaction,
    now: clock.now,
    onListenerError: (error) => {
      throw error;
    },
  });
  bus.subscribe((heard) => {
    if (!isTold) return;
    if (heard.event.event === 'alert.firing') fired.add(String(heard.event.alert));
    options.onEvent(heard);
  });
  const context: JudgingContext = {
    store,
    config,
    bus,
    clock,
    tasks: new Map(),
    // Nobody wants to be woken for what happened last month.
    notifiers: [],
    linkOf: () => null,
  };
  const before = findRun(store, options.run);
  const changed = recorded.checkpoints.filter((one) => before === null || !isKnown(store, before, one));
  const troubles = [...recorded.troubles];
  if (changed.length === 0 && before === null) return nothing(options, troubles);
  const run = before ?? openRun(options, context);
  const book = openSegmentBook({ store, run: run.id });
  const labels = await openTaskLabels(store, run.id, config, recorded);
  const evaluated = store.checkpoints.ofRun(run.id).filter(({ state }) => state === 'evaluated');
  // An import that was broken off left checkpoints without a verdict.
  const unjudged = evaluated.find(({ id, format }) => format === FORMAT && store.verdicts.kindsOf(id).length === 0);
  const newest = evaluated.at(-1)?.step ?? Number.NEGATIVE_INFINITY;
  const firstChanged = changed[0]?.step ?? Number.POSITIVE_INFINITY;
  const first = Math.min(firstChanged, unjudged?.step ?? Number.POSITIVE_INFINITY);
  const isAgain = first <= newest;
  const restore = isAgain ? keepAnswers(store, run.id) : () => {};
  const taken: TakenCheckpoint[] = [];
  const work = changed.length + (isAgain ? 1 : 0);
  options.onProgress?.(0, work);
  if (isAgain) {
    isTold = false;
    await judgeAll(context, book.chances, run.id, (step) => step < first);
    isTold = true;
    await judgeAll(context, book.chances, run.id, (step) => step >= first && step < firstChanged);
  }
  for (const [at, one] of changed.entries()) {
    const next = changed[at + 1]?.step ?? Number.POSITIVE_INFINITY;
    const read = await readImported(one, labels, book, troubles);
    if (read !== null) {
      keepImported(context, run.id, read, book);
      taken.push(read);
      labels.learn(read);
    }
    const isWanted = (step: number) => (isAgain ? step >= one.step && step < next : step === one.step && read !== null);
    await judgeAll(context, book.chances, run.id, isWanted);
    options.onProgress?.(at + 1, work);
  }
  restore();
  return {
    run: run.id,
    taken: taken.map(({ recorded: { step } }) => step),
    known: recorded.checkpoints.length - changed.length,
    tasks: new Set(taken.flatMap((one) => one.tasks.map(({ provenance }) => provenance.task))).size,
    withoutDocs: namesWithoutDocs(taken),
    docs: taken.reduce((sum, one) => sum + one.docs, 0),
    series: seriesOf(store, run.id),
    alerts: fired.size,
    groups: [...new Set(recorded.checkpoints.flatMap(({ groups }) => groups))],
    judgedAgainFrom: isAgain ? first : null,
    troubles,
  };
}

/** Whether these very files were taken already. */
export function isKnown(store: Store, run: StoredRun, { step, signature }: RecordedCheckpoint): boolean {
  return store.checkpoints
    .atStep(run.id, step)
    .some((one) => one.format === FORMAT && one.observed === signature && one.state === 'evaluated');
}

/** The run of that id or name; null when there is none. */
export function findRun(store: Store, name: string): StoredRun | null {
  return store.runs.get(name) ?? store.runs.list().findLast((run) => run.name === name) ?? null;
}

function openRun({ run: name, path, store }: ImportOptions, { bus }: JudgingContext): StoredRun {
  return bus.transact(() => {
    const run = store.runs.add({ id: store.runs.freeId(slugOf(name)), name, path });
    // What is over can't stall.
    store.runs.setState(run.id, 'finished');
    bus.emit('run.found', { run: run.id, path });
    return store.runs.require(run.id);
  });
}

/** Judges the run's evaluated checkpoints of the wanted steps, in their order. */
async function judgeAll(
  context: JudgingContext,
  chances: () => Readonly<Record<string, number>>,
  run: string,
  isWanted: (step: number) => boolean,
): Promise<void> {
  const wanted = context.store.checkpoints
    .ofRun(run)
    .filter((one): one is StoredCheckpoint => one.state === 'evaluated' && isWanted(one.step));
  for (const checkpoint of wanted) {
    await judgeEvaluated(context, factsOfRun(context.store, checkpoint, chances()), checkpoint);
  }
}

function namesWithoutDocs(taken: readonly TakenCheckpoint[]): string[] {
  const names = taken.flatMap((one) =>
    one.tasks.filter(({ docs }) => docs === 0).map(({ provenance }) => provenance.task),
  );
  return [...new Set(names)].sort();
}

function seriesOf(store: Store, run: string): number {
  const newest = store.checkpoints.newestEvaluated(run);
  return newest === null ? 0 : store.verdicts.kindsOf(newest.id).length;
}

function nothing({ run, path, recorded }: ImportOptions, troubles: readonly ImportTrouble[]): ImportSummary {
  return {
    run: slugOf(run || basename(path)),
    taken: [],
    known: 0,
    tasks: 0,
    withoutDocs: [],
    docs: 0,
    series: 0,
    alerts: 0,
    groups: recorded.checkpoints.flatMap(({ groups }) => groups),
    judgedAgainFrom: null,
    troubles,
  };
}

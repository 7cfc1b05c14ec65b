/** The daemon's queue over a real store, without an engine: checkpoints come, are evaluated with a given accuracy, and are judged. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { configSchema } from '../../src/config/schema.ts';
import type { DaemonContext } from '../../src/daemon/context.ts';
import { checkpointOf } from '../../src/daemon/job-keys.ts';
import { judgeNext } from '../../src/daemon/judge-checkpoint.ts';
import { keepScores } from '../../src/daemon/keep-scores.ts';
import { planCheckpoint } from '../../src/daemon/plan-checkpoint.ts';
import { backFill, siftBacklog } from '../../src/daemon/sift-backlog.ts';
import { learnTaskFacts } from '../../src/daemon/task-facts.ts';
import type { LibraEvent } from '../../src/domain/event.ts';
import { docsBySlice } from '../../src/domain/plan.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';
import { scratchBus, scratchDirectory, scratchStore } from '../store/scratch.ts';

export const RUN = 'r';
const DOCS = 300;
const colours = await loadOne({
  'docs.jsonl': choiceDocs(DOCS),
  'a.yaml': choiceTask('metadata: { version: 1.0, capabilities: [basic.knowledge] }'),
});
const ENGINE = {
  engine: 'fake',
  engineVersion: '1',
  dtype: 'float32',
  device: 'cpu',
  maxLength: 128,
  isVerified: true,
};

export type BacklogWorld = ReturnType<typeof openWorld>;

/** @param accuracyAt what a checkpoint of that step answers right, a share */
export function openWorld(backlog: object, accuracyAt: (step: number) => number = () => 0.7) {
  const { store, clock } = scratchStore();
  const output = scratchDirectory();
  store.runs.add({ id: RUN, name: RUN, path: output, maxSteps: 100_000 });
  clock.at += 60_000;
  const bus = scratchBus({ store, clock });
  const told: LibraEvent[] = [];
  bus.subscribe(({ event }) => told.push(event));
  const tasks = new Map([[colours.summary.name, colours]]);
  const config = { ...configSchema.parse({}), backlog: configSchema.parse({ backlog }).backlog };
  const context = {
    store,
    bus,
    config,
    tasks,
    clock: { ...systemClock, now: () => clock.at },
    log: silentLog,
    notifiers: [],
    linkOf: () => null,
  } as unknown as DaemonContext;
  const facts = learnTaskFacts([colours]);

  /** A checkpoint is complete, and its files are there. */
  const comes = (step: number, secondsLater = 600): string => {
    clock.at += 1000 * secondsLater;
    const path = join(output, `checkpoint-${step}`);
    mkdirSync(path);
    const { id } = store.checkpoints.add({ run: RUN, step, path, format: 'hugging-face' });
    store.checkpoints.learn(id, { fingerprint: `f${step}`, lastByteAt: clock.at });
    bus.transact(() => {
      store.checkpoints.transition(id, 'complete');
      planCheckpoint(context, id);
    });
    return id;
  };
  /** The next in the queue begins. @returns how to end it; null when nothing waits */
  const begin = (seconds = 1200) => {
    const job = bus.transact(() => {
      siftBacklog(context);
      backFill(context);
      return store.jobs.lease({ kinds: ['evaluate'], leaseMs: 1 });
    });
    if (job === null) return null;
    const checkpoint = store.checkpoints.require(checkpointOf(job));
    store.checkpoints.transition(checkpoint.id, 'evaluating');
    const plan = store.plans.ofCheckpoint(checkpoint.id).at(-1)!;
    const evaluation = store.evaluations.ofCheckpoint(checkpoint.id).at(-1)!;
    store.evaluations.start(evaluation.id, ENGINE);
    const end = () => {
      clock.at += 1000 * seconds;
      const right = Math.round(DOCS * accuracyAt(checkpoint.step));
      const asked = docsBySlice(plan.slices).flat();
      store.answers.append(
        evaluation.id,
        colours.summary.name,
        asked.map((index) => ({
          index,
          docId: `doc-${index}`,
          answer: { kind: 'choice', logprobs: [-1, -2], isGreedy: [true, false] },
          error: null,
          // A few flip from one to the next, as in any training.
          values: { acc: Number((index * 7 + (index % 11 === 0 ? checkpoint.step : 0)) % DOCS < right) },
        })),
      );
      keepScores(context, { job, checkpoint, plan, tasks, failures: new Map(), engines: new Map(), seconds });
      return checkpoint.step;
    };
    return { step: checkpoint.step, end };
  };
  const evaluate = (seconds?: number): number | null => begin(seconds)?.end() ?? null;
  const judge = async (): Promise<void> => {
    while ((await judgeNext(context, facts)) !== 'nothing');
  };
  const states = (): Record<number, string> =>
    Object.fromEntries(store.checkpoints.ofRun(RUN).map(({ step, state }) => [step, state]));
  const judged = (): number[] =>
    store.checkpoints
      .ofRun(RUN)
      .filter(({ id }) => store.verdicts.ofCheckpoint(id).length > 0)
      .map(({ step }) => step);
  return { store, clock, context, told, comes, begin, evaluate, judge, states, judged };
}

/** What a verdict costs as a run grows: 600 tasks judged by the daemon's own code over a stored history, at its 30th and at its 1,000th checkpoint. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import { type JudgingContext, judgeEvaluated } from '../../src/daemon/judge-checkpoint.ts';
import { taskFacts } from '../../src/daemon/task-facts.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';
import { systemClock } from '../../src/system/clock.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';
import type { Figure } from './time-lapse.ts';

const TASKS = 600;
const DOCS = 100;
const CHECKPOINTS = 1000;
/** Outcomes repeat after so many checkpoints: making them is not what is measured. */
const DISTINCT = 30;
const MEASURED = 5;

export async function benchVerdictCost(): Promise<Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'libra-cost-'));
  const store = openStore({ directory, now: Date.now });
  try {
    const world = { ...PLAIN_WORLD, capabilities: TASKS, docs: DOCS, checkpoints: DISTINCT };
    const distinct = [...worldCheckpoints(world)].map(({ outcomes }) => outcomes);
    const tasks = worldTasks(world);
    const facts = taskFacts(tasks, {}, {});
    const context = judgingContext(store);
    store.runs.add({ id: 'run', name: 'run', path: '/run', maxSteps: null });
    const figures: Figure[] = [];
    for (let t = 0; t < CHECKPOINTS; t++) {
      store.transaction(() => addEvaluated(store, t, distinct[t % DISTINCT]!));
      if (t !== DISTINCT - 1 && t !== CHECKPOINTS - 1) continue;
      const checkpoint = store.checkpoints.ofRun('run').at(-1)!;
      const seconds: number[] = [];
      for (let i = 0; i < MEASURED; i++) {
        const startedAt = performance.now();
        await judgeEvaluated(context, facts, checkpoint);
        seconds.push((performance.now() - startedAt) / 1000);
      }
      seconds.sort((a, b) => a - b);
      const series = store.verdicts.ofCheckpoint(checkpoint.id).length;
      const heap = Math.round(process.memoryUsage().heapUsed / 1e6);
      figures.push({
        what: `verdicts at checkpoint ${t + 1}`,
        value: `${seconds[MEASURED >> 1]!.toFixed(2)} s for ${series} series (median of ${MEASURED}), heap ${heap} MB`,
      });
    }
    return figures;
  } finally {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

function addEvaluated(store: Store, t: number, outcomes: Parameters<Store['scores']['put']>[1]['outcomes']): void {
  const { id } = store.checkpoints.add({ run: 'run', step: 100 * (t + 1), path: `/run/${t}`, format: 'hugging-face' });
  for (const state of ['complete', 'queued', 'evaluating', 'evaluated'] as const)
    store.checkpoints.transition(id, state);
  store.scores.put(id, { scores: [], outcomes, capabilities: [] });
}

function judgingContext(store: Store): JudgingContext {
  const bus = createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now: Date.now,
    onListenerError: (error) => {
      throw error;
    },
  });
  const { config } = loadConfig({ cwd: tmpdir(), env: {} });
  return { store, bus, config, clock: systemClock, tasks: new Map(), notifiers: [], linkOf: () => null };
}

/** All that a strategy may look at when a checkpoint is planned, read from the store and the configuration. */
import type { Config } from '../config/schema.ts';
import type { Task } from '../evaluation/task.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import { isAnchor } from '../strategy/anchor.ts';
import { budgetOf } from '../strategy/budget.ts';
import { medianOf } from '../strategy/median.ts';
import type { StrategyInput } from '../strategy/strategy.ts';
import { recogniseStage } from '../strategy/training-stage.ts';
import { planHistory } from './plan-history.ts';
import { runSettingsOf } from './run-settings.ts';
import { traitsOf } from './task-traits.ts';

export interface PlanSources {
  readonly store: Pick<Store, 'checkpoints' | 'runs' | 'runModels' | 'telemetry' | 'scores' | 'verdicts' | 'plans'>;
  readonly config: Pick<Config, 'strategy' | 'budget' | 'runs'>;
  /** By name. */
  readonly tasks: ReadonlyMap<string, Task>;
}

export function planInput(sources: PlanSources, checkpoint: StoredCheckpoint): StrategyInput {
  const { store, config, tasks } = sources;
  const { id, run, step, tokens } = checkpoint;
  const { path, maxSteps } = store.runs.require(run);
  const settings = runSettingsOf(config, path);
  const anchorEvery = config.strategy.anchor_every;
  const modelType = store.runModels.get(run)?.type ?? settings?.model_type ?? 'base';
  const position = store.plans.countOf(run, id);
  return {
    step,
    position,
    // Of a huge data set only what is kept can be asked.
    tasks: [...tasks.values()].map((task) => ({
      ...task.summary,
      size: Math.min(task.summary.size, task.docs.length),
      asksLetters: traitsOf(task).asksLetters,
    })),
    docsPerTask: config.strategy.docs_per_task,
    history: planHistory(store, tasks.values(), { run, step, lookBack: 2 * anchorEvery }),
    modelType,
    stage: recogniseStage({
      configured: settings?.stage ?? null,
      modelType,
      step,
      tokens,
      maxSteps,
      telemetry: store.telemetry.range(run, 0, step),
    }),
    budget: budgetOf({
      secondsPerCheckpoint: toSeconds(config.budget.seconds_per_checkpoint),
      share: config.budget.share,
      secondsBetween: secondsBetween(store.checkpoints.ofRun(run)),
    }),
    isAnchor: isAnchor(position, anchorEvery),
    anchorEvery,
  };
}

const toSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);

/** Gaps between checkpoints that say how fast they come now. */
const LAST_GAPS = 12;

/** Median time between the ends of neighbouring checkpoints; null when fewer than two are known. */
function secondsBetween(checkpoints: readonly StoredCheckpoint[]): number | null {
  const ends = checkpoints.flatMap(({ lastByteAt }) => lastByteAt ?? []).sort((a, b) => a - b);
  const gaps = ends.slice(1).map((at, place) => (at - ends[place]!) / 1000);
  return medianOf(gaps.filter((gap) => gap > 0).slice(-LAST_GAPS));
}

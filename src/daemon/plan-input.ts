/** All that a strategy may look at when a checkpoint is planned, read from the store and the configuration. */
import { dirname } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { ModelType } from '../domain/model-type.ts';
import type { Task } from '../evaluation/task.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import { isAnchor } from '../strategy/anchor.ts';
import { budgetOf } from '../strategy/budget.ts';
import { learnCosts } from '../strategy/cost.ts';
import { medianOf } from '../strategy/median.ts';
import type { StrategyInput } from '../strategy/strategy.ts';
import { type RecognisedStage, recogniseStage, type StageEvidence } from '../strategy/training-stage.ts';
import { mostDocs } from './most-docs.ts';
import { planHistory } from './plan-history.ts';
import { runSettingsOf } from './run-settings.ts';
import { traitsOf } from './task-traits.ts';

export interface PlanSources {
  readonly store: Pick<
    Store,
    'checkpoints' | 'runs' | 'runModels' | 'telemetry' | 'scores' | 'verdicts' | 'plans' | 'watchCloser'
  >;
  readonly config: Pick<Config, 'strategy' | 'budget' | 'runs'>;
  /** By name. */
  readonly tasks: ReadonlyMap<string, Task>;
}

export function planInput(sources: PlanSources, checkpoint: StoredCheckpoint): StrategyInput {
  const { store, config, tasks } = sources;
  const { run, step } = checkpoint;
  const { anchor_every: anchorEvery, chosen_docs: chosen, docs_per_task: base } = config.strategy;
  const lookBack = 2 * anchorEvery;
  const chooseBeyond = chosen === 0 ? null : base;
  return inputOf(sources, {
    step,
    position: store.plans.countBefore(run, step),
    history: planHistory(store, [...tasks.values()], { run, step, lookBack, chooseBeyond }),
    secondsBetween: secondsBetween(store.checkpoints.ofRun(run)),
    evidence: evidenceAt(sources, checkpoint),
  });
}

/** How far along the run was at the checkpoint. */
export function stageAt(sources: PlanSources, checkpoint: StoredCheckpoint): RecognisedStage {
  return recogniseStage(evidenceAt(sources, checkpoint));
}

function evidenceAt({ store, config }: PlanSources, { run, step, tokens }: StoredCheckpoint): StageEvidence {
  const { path, maxSteps } = store.runs.require(run);
  const settings = runSettingsOf(config, path);
  return {
    configured: settings?.stage ?? null,
    modelType: store.runModels.get(run)?.type ?? settings?.model_type ?? 'base',
    step,
    tokens,
    maxSteps,
    telemetry: store.telemetry.range(run, 0, step),
  };
}

/** Of a directory that belongs to no run that is known: its first checkpoint, about which nothing was learned. */
export function planInputOfNew(
  sources: Pick<PlanSources, 'config' | 'tasks'>,
  { path, step, modelType }: { readonly path: string; readonly step: number; readonly modelType: ModelType },
): StrategyInput {
  const configured = runSettingsOf(sources.config, dirname(path))?.stage ?? null;
  return inputOf(sources, {
    step,
    position: 0,
    history: { evaluated: 0, tasks: new Map(), costs: learnCosts([]), docs: new Map() },
    secondsBetween: null,
    evidence: { configured, modelType, step, tokens: null, maxSteps: null, telemetry: [] },
  });
}

interface Learned extends Pick<StrategyInput, 'step' | 'position' | 'history'> {
  readonly secondsBetween: number | null;
  readonly evidence: StageEvidence;
}

function inputOf(
  { config, tasks }: Pick<PlanSources, 'config' | 'tasks'>,
  { secondsBetween: between, evidence, ...learned }: Learned,
): StrategyInput {
  const { docs_per_task: docsPerTask, anchor_every: anchorEvery, chosen_docs: chosenDocs } = config.strategy;
  const { seconds_per_checkpoint: limit, share } = config.budget;
  return {
    ...learned,
    // Of a huge data set only what is kept can be asked.
    tasks: [...tasks.values()].map((task) => ({
      ...task.summary,
      size: Math.min(task.summary.size, task.docs.length),
      asksLetters: traitsOf(task).asksLetters,
    })),
    docsPerTask,
    mostDocs: mostDocs(config),
    chosenDocs,
    modelType: evidence.modelType,
    stage: recogniseStage(evidence),
    budget: budgetOf({
      secondsPerCheckpoint: limit === null ? null : limit / 1000,
      share,
      secondsBetween: between,
    }),
    isAnchor: isAnchor(learned.position, anchorEvery),
    anchorEvery,
  };
}

/** Gaps between checkpoints that say how fast they come now. */
const LAST_GAPS = 12;

/** Files that are closer were copied here one after the other: their times say nothing of training. */
const LEAST_GAP = 1;

/** Median time between the ends of neighbouring checkpoints; null while nothing tells. */
export function secondsBetween(checkpoints: readonly StoredCheckpoint[]): number | null {
  const ends = checkpoints.flatMap(({ lastByteAt }) => lastByteAt ?? []).sort((a, b) => a - b);
  const gaps = ends.slice(1).map((at, place) => (at - ends[place]!) / 1000);
  return medianOf(gaps.filter((gap) => gap >= LEAST_GAP).slice(-LAST_GAPS));
}

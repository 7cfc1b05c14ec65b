/** A history as one engine has it: where another one measured a checkpoint, what this one made of it when it took over stands in. */
import type { CheckpointOutcomes } from '../domain/trend.ts';
import type { Store } from '../store/open-store.ts';

/** What no bridge reaches stays as it is, and is not compared. @param engine kind of engine wanted: the newest checkpoint's */
export function asOneEngine(
  store: Pick<Store, 'bridges'>,
  history: readonly CheckpointOutcomes[],
  engine = history.at(-1)?.engine,
): CheckpointOutcomes[] {
  if (engine == null) return [...history];
  return history.map((each) => {
    if (each.engine == null || each.engine === engine) return each;
    const outcomes = store.bridges.outcomesOf(each.checkpoint, engine);
    return outcomes === null ? each : { ...each, outcomes, engine };
  });
}

/** Checkpoints that both engines measured: as the first one has them, and as the newer one does. */
export interface BridgedSides {
  readonly before: readonly CheckpointOutcomes[];
  readonly after: readonly CheckpointOutcomes[];
}

/** @param history as one engine has it */
export function bridgedSides(
  store: Pick<Store, 'bridges' | 'scores'>,
  history: readonly CheckpointOutcomes[],
): BridgedSides {
  const after = history.filter(({ checkpoint, engine }) => engine != null && store.bridges.has(checkpoint, engine));
  const before = after.map(({ checkpoint, step }) => ({
    checkpoint,
    step,
    outcomes: store.scores.outcomesOf(checkpoint),
    engine: store.scores.measuredBy(checkpoint),
  }));
  return { before, after };
}

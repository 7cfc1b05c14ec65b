/** Checkpoints that are evaluated however far evaluation is behind: later ones are read against them. */
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import type { StrategyInput } from '../strategy/strategy.ts';
import { type PlanSources, stageAt } from './plan-input.ts';

/** @returns what the checkpoint is, a noun; null when it may be passed over */
export function whyKept(
  sources: PlanSources & { readonly store: Pick<Store, 'checkpoints'> },
  checkpoint: StoredCheckpoint,
  { position, isAnchor, stage }: StrategyInput,
): string | null {
  const { store } = sources;
  const { id, run, step } = checkpoint;
  if (position === 0) return 'the first of its run';
  if (isAnchor) return 'an anchor';
  if (store.runs.require(run).state === 'finished') return 'the last of its run';
  if (store.watchCloser.activeAt(run, step) !== null) return 'one that the team asked to watch closer';
  const [before] = store.checkpoints.page(run, { after: id, limit: 1, newestFirst: true });
  const isBorder = before !== undefined && stageAt(sources, before).stage !== stage.stage;
  return isBorder ? `the first of the stage ${stage.stage}` : null;
}

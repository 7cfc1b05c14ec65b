/**
 * Tasks that are asked in full rarely, because their answers tell little about this checkpoint or cost much. In between a part of their
 * docs is asked: a node of the capability tree that lacks a task now and then could not be held against itself. Pure.
 */
import type { PlannableTask, StrategyInput } from './strategy.ts';
import { whyNotYet } from './suit-stage.ts';

/** Under this many docs a sudden end of the reason would be missed too. */
const FEWEST = 100;

/** Of `docs` base docs, those asked of a task between its turns. */
export function thinDocs(docs: number): number {
  return Math.min(docs, Math.max(FEWEST, Math.ceil(docs / 3)));
}

/** Of the docs; under it most of the asking is for nothing. */
const HEALTHY = 0.05;
/** Times what a task of its kind usually takes; that another kind is dearer is in its worth already. */
const SLOW = 5;

/**
 * Why a task is asked rarely, a clause; null when it is asked like any other.
 * @param seconds what its base docs take; null while unknown
 * @param usual what a task of its kind usually takes; null while unknown
 */
export function whyRarely(
  task: PlannableTask,
  input: StrategyInput,
  seconds: number | null,
  usual: number | null,
): string | null {
  const known = input.history.tasks.get(task.name);
  if (known?.isAtFloor) return 'its score is no better than chance';
  if (known?.isAtCeiling) return 'it is at its ceiling';
  if (known !== undefined && known.health < HEALTHY) {
    return `only ${Math.round(100 * known.health)} % of its docs still tell checkpoints apart`;
  }
  if (seconds !== null && usual !== null && seconds > SLOW * usual) {
    return `it takes ${Math.round(seconds / usual)} times what a task of its kind usually takes`;
  }
  return whyNotYet(task, input);
}

/** Which checkpoint somebody means: its id, `RUN@STEP` or `RUN:STEP`, or a run for its newest one. */
import { LibraError } from '../domain/errors.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import { findRun } from './find-run.ts';

/**
 * @param which those that count where there is a choice, and that are named where there is none of that step
 * @throws LIBRA_NOT_FOUND, LIBRA_RUN_UNKNOWN
 */
export function findCheckpoint(store: Store, text: string, which: 'all' | 'evaluated' = 'all'): StoredCheckpoint {
  const isWanted = ({ state }: StoredCheckpoint) => which === 'all' || state === 'evaluated';
  const none = which === 'all' ? 'there yet' : 'evaluated yet';
  const exact = store.checkpoints.get(text);
  if (exact !== null) return exact;
  const placed = /^(.+)[@:](?:step[-_ ]?)?(\d[\d,_]*)$/.exec(text);
  if (placed === null) {
    const run = findRun(store, text);
    const newest = store.checkpoints.ofRun(run.id).findLast(isWanted);
    if (newest) return newest;
    throw notFound(`No checkpoint of ${run.id} is ${none}.`, 'Wait for the first one.');
  }
  const run = findRun(store, placed[1]!);
  const step = Number(placed[2]!.replaceAll(/[,_]/g, ''));
  const there = store.checkpoints.atStep(run.id, step);
  const found = there.findLast(isWanted) ?? there.at(-1);
  if (found) return found;
  const steps = store.checkpoints
    .ofRun(run.id)
    .filter(isWanted)
    .map((one) => one.step)
    .sort((a, b) => Math.abs(a - step) - Math.abs(b - step))
    .slice(0, 5)
    .sort((a, b) => a - b);
  throw notFound(
    `Run ${run.id} has no checkpoint of step ${step}.`,
    steps.length === 0
      ? `None of it is ${none}.`
      : `${which === 'all' ? 'Steps' : 'Evaluated steps'} near it: ${steps.join(', ')}.`,
  );
}

function notFound(message: string, hint: string): LibraError {
  return new LibraError('LIBRA_NOT_FOUND', message, { hint });
}

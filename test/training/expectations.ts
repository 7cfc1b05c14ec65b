/** What a training must show for the advice to be worth following. Pure: the live test and the recorded results are held to the same. */
import type { Measured, WatchedTraining } from './results.ts';

/** Chinese must come back to at least this part of what it lost. */
const COMES_BACK = 0.5;
/** It is lost by at least this where nobody acts. */
const LOST = 0.05;

/** Last step with Chinese in the data; train_live.py has the same. */
export const MISTAKE_AFTER = 360;

export function failuresOf(runs: readonly WatchedTraining[], difference: Measured): string[] {
  const failures = runs.flatMap((run) => {
    const say = (what: string) => `seed ${run.seed} ${run.follows ? 'with' : 'without'} advice followed: ${what}`;
    const before = mean(run.curve.filter(({ step }) => step <= MISTAKE_AFTER).slice(-3));
    const end = mean(run.curve.slice(-3));
    const found: string[] = [];
    if (run.alert === null) return [say('no alert')];
    if (run.alert.step <= MISTAKE_AFTER) found.push(say(`an alert at step ${run.alert.step}, before the mistake`));
    if (!run.follows) {
      if (run.change !== null) found.push(say('the training was changed'));
      if (before - end < LOST) found.push(say('Chinese did not stay lost'));
      return found;
    }
    if (run.change === null) return [...found, say('nothing was changed')];
    const bottom = mean(run.curve.filter(({ step }) => step > MISTAKE_AFTER && step <= run.change!.step));
    if (end - bottom < COMES_BACK * (before - bottom)) found.push(say('Chinese did not come back'));
    if (!run.effects.some(({ value, ci95: [low] }) => value > 0 && low > 0))
      found.push(say('Libra measured no capability as better after the change'));
    return found;
  });
  if (difference.ci95[0] <= 0) failures.push('the advice made no difference at the end');
  return failures;
}

function mean(points: readonly { readonly accuracy: number }[]): number {
  return points.reduce((sum, { accuracy }) => sum + accuracy, 0) / points.length;
}

/** One evaluation, one kind of engine. */
import type { Checkpoint } from '../domain/checkpoint.ts';
import { engineKind, type ModelDescription } from '../domain/language-model.ts';
import type { DaemonContext } from './context.ts';

/**
 * Answers of two engines are never mixed in one score: what another one began is asked anew, what it finished is asked no further.
 * @returns why it is asked no further; null when it can be asked
 */
export function keepOneEngine(
  { store, log }: Pick<DaemonContext, 'store' | 'log'>,
  checkpoint: Pick<Checkpoint, 'id' | 'state'>,
  evaluation: string,
  now: ModelDescription,
): string | null {
  const before = store.evaluations.get(evaluation)?.engine ?? null;
  if (before === null || engineKind(before) === engineKind(now)) return null;
  if (store.answers.progress(evaluation).size === 0) return null;
  const change = `${engineKind(before)} -> ${engineKind(now)}`;
  if (checkpoint.state === 'evaluated') return `the engine changed since it was evaluated (${change})`;
  log.info(`the engine changed (${change}): ${checkpoint.id} is asked anew`);
  store.answers.forget(evaluation);
  return null;
}

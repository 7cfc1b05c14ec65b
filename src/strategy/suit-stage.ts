/** Which tasks suit which stage of which model: a young base model is asked what it already shows, not what it will. Pure. */
import { isProbe, isWithin } from '../domain/capability.ts';
import type { PlannableTask, StrategyInput } from './strategy.ts';

/**
 * Why the task tells little at this stage, a clause; null when it suits it. What is measured beats what is expected: a task that is off
 * its chance level suits any stage.
 */
export function whyNotYet(
  task: PlannableTask,
  { modelType, stage: { stage }, history }: Pick<StrategyInput, 'modelType' | 'stage' | 'history'>,
): string | null {
  if (modelType !== 'base' || (stage !== 'early' && stage !== 'middle')) return null;
  if (task.capabilities.some(isProbe)) return null;
  const known = history.tasks.get(task.name);
  if (known !== undefined && !known.isAtFloor) return null;
  if (task.outputType === 'generate_until')
    return `a base model in its ${stage} stage seldom writes an answer that counts`;
  if (stage === 'middle') return null;
  if (task.asksLetters) return 'choice letters are noise to a base model in its early stage';
  if (task.capabilities.some((id) => isWithin(id, 'safety') || isWithin(id, 'comprehensive.general.instruction'))) {
    return 'a base model in its early stage follows no instructions';
  }
  return null;
}

const TUNED: ReadonlySet<string> = new Set(['sft', 'preference', 'rl']);

/** Tuning moves format, instruction following and safety first, so they are asked first: 0 for those, 1 for the rest. */
export function tuningRank(task: PlannableTask, { stage: { stage } }: Pick<StrategyInput, 'stage'>): number {
  if (!TUNED.has(stage)) return 1;
  const isMoved = (id: string) =>
    isWithin(id, 'safety') || isWithin(id, 'comprehensive.general.instruction') || isWithin(id, 'probe.format');
  return task.capabilities.some(isMoved) ? 0 : 1;
}

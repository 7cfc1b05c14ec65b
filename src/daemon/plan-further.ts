/** More to ask of a checkpoint that is evaluated already: its plan grows and a job asks it. Call it inside a transaction. */
import { docsOfAll, type Plan, type PlanSlice } from '../domain/plan.ts';
import type { DaemonContext } from './context.ts';

/** Kind of the job. */
export const ASK_FURTHER = 'ask-further';

export interface Further {
  readonly plan: Plan;
  readonly added: readonly PlanSlice[];
  /** What it is asked for, as part of the job's key: the same cause is the same job. */
  readonly cause: string;
  /** The step at whose turn it is asked, and before whose verdict. */
  readonly step: number;
}

export function planFurther(
  { store, bus }: Pick<DaemonContext, 'store' | 'bus'>,
  { plan, added, cause, step }: Further,
): void {
  const { id, run, step: own } = store.checkpoints.require(plan.checkpoint);
  store.plans.extend(plan.id, added);
  const key = `${ASK_FURTHER}:${cause}:${id}`;
  const payload = { checkpoint: id };
  if (!store.jobs.enqueue({ kind: ASK_FURTHER, key, run, step, payload })) store.jobs.reopen(key, payload);
  bus.emit('evaluation.planned', {
    run,
    checkpoint: id,
    step: own,
    plan: plan.id,
    strategy: plan.strategy,
    tasks: new Set(added.map(({ task }) => task)).size,
    docs: docsOfAll(added),
    further: true,
  });
}

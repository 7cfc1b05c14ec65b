/**
 * A first look that makes something suspicious is followed by more docs before there is a verdict: the plans of this checkpoint and of a few
 * references grow, each gets a job, and the verdict waits for them. What was planned once is never planned again, so this ends.
 */
import { existsSync } from 'node:fs';
import { coverageOf, docsIn, type Plan, type PlanSlice } from '../domain/plan.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import { type EscalatedSlice, planEscalation } from '../strategy/escalate.ts';
import type { JudgeResult } from '../trend/judge.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { mostDocs } from './most-docs.ts';
import { planFurther } from './plan-further.ts';

/** @returns true when more is asked and the verdict has to wait */
export function escalate(context: JudgingContext, checkpoint: StoredCheckpoint, judged: JudgeResult): boolean {
  const { store, bus, config, tasks } = context;
  const base = config.strategy.docs_per_task;
  const most = mostDocs(config);
  if (most <= base) return false;
  const plans = new Map<string, Plan | null>();
  const planOf = (id: string): Plan | null => {
    if (!plans.has(id)) plans.set(id, store.plans.ofCheckpoint(id).at(-1) ?? null);
    return plans.get(id)!;
  };
  const slices = planEscalation({
    suspicions: judged.evidence.flatMap((each) => {
      // A labelled task stands behind its capability and is suspected with it.
      const isBehind = each.level === 'task' && tasks.get(each.tasks[0]!)?.summary.capabilities.length !== 0;
      return isBehind ? [] : [{ ...each, isLeaf: each.level === 'leaf' || each.level === 'task' }];
    }),
    tasks: new Map(
      [...tasks.values()].map(({ summary, docs }) => [summary.name, { base, size: Math.min(most, docs.length) }]),
    ),
    newest: checkpoint.id,
    askedOf: (id, task) => {
      const own = planOf(id)?.slices.filter((slice) => slice.task === task) ?? [];
      return coverageOf(own).docs;
    },
    isThere: (id) => {
      const pin = store.pins.ofCheckpoint(id);
      return pin !== null && existsSync(pin.directory);
    },
  });
  if (slices.length === 0) return false;
  bus.transact(() => {
    for (const id of new Set(slices.map((slice) => slice.checkpoint))) {
      const plan = planOf(id)!;
      const added = slices.filter((slice) => slice.checkpoint === id).map((slice) => sliceOf(slice, plan, checkpoint));
      planFurther(context, { plan, added, cause: checkpoint.id, step: checkpoint.step });
    }
  });
  return true;
}

function sliceOf(slice: EscalatedSlice, plan: Plan, newest: StoredCheckpoint): PlanSlice {
  const { task, from, docs, z, because, isReference } = slice;
  const known = plan.slices.find((each) => each.task === task)!;
  const perDoc = known.expectedSeconds === null ? null : known.expectedSeconds / Math.max(1, docsIn(known));
  return {
    task,
    taskHash: known.taskHash,
    capabilities: known.capabilities,
    from,
    docs,
    chosen: null,
    reason: isReference
      ? `Step ${newest.step} looks low in ${because} (z ${z.toFixed(1)}): to compare its further docs with, this checkpoint answers them too.`
      : `${because} looks low on the first ${from} docs (z ${z.toFixed(1)}): more docs tell whether it is.`,
    couldChange: `Whether the drop in ${because} at step ${newest.step} is told or dropped.`,
    expectedSeconds: perDoc === null ? null : perDoc * (docs - from),
  };
}

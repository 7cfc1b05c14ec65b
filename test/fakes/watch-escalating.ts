/** Lets the real verdict and escalation code watch a world of which it sees the first docs, and more where it asks for more. */
import type { AlertMember } from '../../src/domain/alert.ts';
import type { TaskSummary } from '../../src/domain/task.ts';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { ESCALATION, type EscalationRules, planEscalation } from '../../src/strategy/escalate.ts';
import { type FiringSeries, type JudgeOptions, judgeCheckpoint } from '../../src/trend/judge.ts';
import type { Watched } from './watch-world.ts';

export interface EscalatingOptions extends JudgeOptions {
  /** Docs of the first look. */
  readonly base: number;
  /** Every so many checkpoints all docs are asked; 0 never. */
  readonly anchorEvery?: number;
  readonly rules?: EscalationRules;
  /** How far back checkpoints can still be asked. */
  readonly reach?: number;
}

export interface WatchedEscalating extends Watched {
  /** Of all docs of all checkpoints, those that were asked, back-evaluation counted. */
  readonly share: number;
}

export function watchEscalating(
  checkpoints: Iterable<CheckpointOutcomes>,
  tasks: readonly TaskSummary[],
  { base, anchorEvery = 0, rules = ESCALATION, reach = 10, ...options }: EscalatingOptions,
): WatchedEscalating {
  const known: { full: CheckpointOutcomes; asked: Map<string, number>; seen: CheckpointOutcomes }[] = [];
  const sizes = new Map(tasks.map(({ name, size }) => [name, { base: Math.min(base, size), size }]));
  let open: AlertMember[] = [];
  const firing: FiringSeries[][] = [];
  const suspected: number[] = [];
  let alerts = 0;
  let [docs, all] = [0, 0];
  for (const full of checkpoints) {
    const isAnchor = anchorEvery > 0 && known.length % anchorEvery === 0;
    const asked = new Map(tasks.map(({ name, size }) => [name, isAnchor ? size : Math.min(base, size)]));
    known.push({ full, asked, seen: reveal(full, asked) });
    const judge = () =>
      judgeCheckpoint({ history: known.slice(-30).map(({ seen }) => seen), tasks, openMembers: open, options });
    const find = (checkpoint: string) => known.findLast((each) => each.full.checkpoint === checkpoint);
    let result = judge();
    for (let round = 0; round < rules.steps.length; round++) {
      const slices = planEscalation({
        suspicions: result.evidence.map((each) => ({ ...each, isLeaf: each.level === 'leaf' })),
        tasks: sizes,
        newest: full.checkpoint,
        askedOf: (checkpoint, task) => find(checkpoint)?.asked.get(task) ?? 0,
        isThere: (checkpoint) => known.slice(-reach).some((each) => each.full.checkpoint === checkpoint),
        rules,
      });
      if (slices.length === 0) break;
      for (const slice of slices) find(slice.checkpoint)!.asked.set(slice.task, slice.docs);
      for (const checkpoint of new Set(slices.map((slice) => slice.checkpoint))) {
        const each = find(checkpoint)!;
        each.seen = reveal(each.full, each.asked);
      }
      result = judge();
    }
    const isNew = firing.slice(-2).every((each) => each.length === 0);
    if (result.firing.length && isNew) alerts++;
    firing.push([...result.firing]);
    suspected.push(result.verdicts.filter((verdict) => verdict.kind === 'suspected').length);
    open = open.filter((member) => !result.resolved.includes(member));
    for (const { member } of result.firing)
      open = [...open.filter((each) => each.capability !== member.capability), member];
  }
  for (const { asked } of known)
    for (const { name, size } of tasks) {
      docs += asked.get(name)!;
      all += size;
    }
  return { firing, suspected, alerts, share: docs / all };
}

function reveal(full: CheckpointOutcomes, asked: ReadonlyMap<string, number>): CheckpointOutcomes {
  return {
    ...full,
    outcomes: full.outcomes.map((each) => ({
      ...each,
      values: each.values.subarray(0, asked.get(each.task)),
      failed: 0,
    })),
  };
}

/** What escalation sees of a run whose every outcome is known: the first docs, and more where the real code asks for more. */
import type { TaskSummary } from '../../src/domain/task.ts';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { ESCALATION, type EscalationRules, planEscalation } from '../../src/strategy/escalate.ts';
import type { JudgeResult } from '../../src/trend/judge.ts';

export interface ViewOptions {
  /** Docs of the first look: a number, or a share of a task below 1. */
  readonly base: number;
  /** Every so many checkpoints all docs are asked; 0 never. */
  readonly anchorEvery?: number;
  readonly rules?: EscalationRules;
  /** How many checkpoints back can still be asked. */
  readonly reach?: number;
}

export type View = ReturnType<typeof openView>;

type Judge = (history: readonly CheckpointOutcomes[]) => JudgeResult;

export function openView(
  tasks: readonly TaskSummary[],
  { base, anchorEvery = 0, rules = ESCALATION, reach = 10 }: ViewOptions,
) {
  const known: { full: CheckpointOutcomes; asked: Map<string, number>; seen: CheckpointOutcomes }[] = [];
  const sizes = new Map(
    tasks.map(({ name, size }) => [name, { base: Math.min(base < 1 ? Math.ceil(base * size) : base, size), size }]),
  );
  const find = (checkpoint: string) => known.findLast((each) => each.full.checkpoint === checkpoint);
  return {
    /** The next checkpoint: judged on its first docs, and again while more are wanted. */
    see(full: CheckpointOutcomes, judge: Judge): JudgeResult {
      const isAnchor = anchorEvery > 0 && known.length % anchorEvery === 0;
      const asked = new Map([...sizes].map(([name, each]) => [name, isAnchor ? each.size : each.base]));
      known.push({ full, asked, seen: reveal(full, asked) });
      const look = () => judge(known.slice(-30).map(({ seen }) => seen));
      let result = look();
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
        result = look();
      }
      return result;
    },
    /** Of all docs of all checkpoints, those that were asked, back-evaluation counted. */
    share(): number {
      const sum = (read: (asked: number, size: number) => number) =>
        known.reduce((all, { asked }) => all + tasks.reduce((s, t) => s + read(asked.get(t.name)!, t.size), 0), 0);
      return sum((asked) => asked) / sum((_, size) => size);
    },
  };
}

function reveal(full: CheckpointOutcomes, asked: ReadonlyMap<string, number>): CheckpointOutcomes {
  return {
    ...full,
    outcomes: full.outcomes.map((each) => ({ ...each, values: each.values.subarray(0, asked.get(each.task)) })),
  };
}

/** Lets the real verdict code watch a world, with alerts opening and resolving as the daemon would have it. */
import type { AlertMember } from '../../src/domain/alert.ts';
import type { TaskSummary } from '../../src/domain/task.ts';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { type FiringSeries, type JudgeOptions, judgeCheckpoint } from '../../src/trend/judge.ts';
import type { View } from './escalating-view.ts';

export interface Watched {
  /** Per checkpoint: what fired there. */
  readonly firing: readonly (readonly FiringSeries[])[];
  readonly suspected: readonly number[];
  /** Checkpoints at which something fired although nothing had in the two before: separate alerts. */
  readonly alerts: number;
}

export function watchWorld(
  checkpoints: Iterable<CheckpointOutcomes>,
  tasks: readonly TaskSummary[],
  options: JudgeOptions = {},
  view?: View,
): Watched {
  const history: CheckpointOutcomes[] = [];
  let open: AlertMember[] = [];
  const firing: FiringSeries[][] = [];
  const suspected: number[] = [];
  let alerts = 0;
  for (const checkpoint of checkpoints) {
    history.push(checkpoint);
    const judge = (seen: readonly CheckpointOutcomes[]) =>
      judgeCheckpoint({ history: seen, tasks, openMembers: open, options });
    const result = view ? view.see(checkpoint, judge) : judge(history.slice(-30));
    const isNew = firing.slice(-2).every((each) => each.length === 0);
    if (result.firing.length && isNew) alerts++;
    firing.push([...result.firing]);
    suspected.push(result.verdicts.filter((verdict) => verdict.kind === 'suspected').length);
    open = open.filter((member) => !result.resolved.includes(member));
    for (const { member } of result.firing)
      open = [...open.filter((each) => each.capability !== member.capability), member];
  }
  return { firing, suspected, alerts };
}

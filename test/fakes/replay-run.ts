/** Judges and alerts over a whole run, checkpoint by checkpoint, as the daemon does. */
import { type AlertChange, detectAlerts } from '../../src/alert/detect.ts';
import type { Alert } from '../../src/domain/alert.ts';
import type { TaskSummary } from '../../src/domain/task.ts';
import type { TelemetryPoint } from '../../src/domain/telemetry.ts';
import type { CheckpointOutcomes } from '../../src/domain/trend.ts';
import { type JudgeOptions, judgeCheckpoint } from '../../src/trend/judge.ts';
import type { View } from './escalating-view.ts';

export interface ReplayInput {
  readonly run: string;
  readonly checkpoints: readonly CheckpointOutcomes[];
  readonly tasks: readonly TaskSummary[];
  readonly telemetry?: readonly TelemetryPoint[];
  readonly options?: JudgeOptions;
  readonly languageOf?: Readonly<Record<string, string>>;
  /** What is seen of the checkpoints; all by default. */
  readonly view?: View;
}

export interface Replayed {
  /** Every change of an alert, with the step it came at. */
  readonly changes: readonly (AlertChange & { readonly step: number })[];
  /** Alerts as they stand at the end, in the order they were opened. */
  readonly alerts: readonly Alert[];
}

export function replayRun(input: ReplayInput): Replayed {
  const alerts = new Map<string, Alert>();
  const changes: (AlertChange & { step: number })[] = [];
  input.checkpoints.forEach((checkpoint, t) => {
    const openAlerts = [...alerts.values()].filter((alert) => alert.state !== 'resolved');
    const openMembers = openAlerts.flatMap((alert) => alert.members.filter((member) => member.resolvedAtStep == null));
    const judge = (history: readonly CheckpointOutcomes[]) =>
      judgeCheckpoint({
        history,
        tasks: input.tasks,
        openMembers,
        ...(input.options && { options: input.options }),
      });
    const judged = input.view ? input.view.see(checkpoint, judge) : judge(input.checkpoints.slice(0, t + 1));
    const changed = detectAlerts({
      run: input.run,
      checkpoints: input.checkpoints
        .slice(0, t + 1)
        .map(({ checkpoint: id, step }) => ({ id, step, path: `/${input.run}/checkpoint-${step}` })),
      firing: judged.firing.map(({ member, level, verdict }) => ({ member, level, flipped: verdict.flipped })),
      resolved: judged.resolved,
      judgedLeaves: judged.judgedLeaves,
      telemetry: (input.telemetry ?? []).filter((point) => point.step <= checkpoint.step),
      openAlerts,
      languageOf: input.languageOf ?? {},
    });
    for (const change of changed) {
      alerts.set(change.alert.id, change.alert);
      changes.push({ ...change, step: checkpoint.step });
    }
  });
  return { changes, alerts: [...alerts.values()] };
}

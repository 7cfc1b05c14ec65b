/** What the demo came to: were all checkpoints evaluated, were the planted regressions caught? Pure but for the reading. */
import type { Alert } from '../../domain/alert.ts';
import type { Store } from '../../store/open-store.ts';

/** A regression that was really trained into the recorded run. */
export interface Plant {
  readonly what: string;
  /** Last step before it. */
  readonly after_step: number;
  /** Caught means: an alert fires after `after_step` and not after this step. */
  readonly by_step: number;
}

export interface DemoSummary {
  readonly run: string;
  readonly checkpoints: number;
  readonly evaluated: number;
  readonly alerts: readonly {
    readonly kind: string;
    readonly capabilities: readonly string[];
    readonly step: number | null;
    readonly since_step: number | null;
    readonly state: string;
  }[];
  readonly planted: readonly (Plant & { readonly caught: boolean })[];
}

export function summarise(store: Store, run: string, recorded: number, plants: readonly Plant[]): DemoSummary {
  const alerts = store.alerts.ofRun(run);
  return {
    run,
    checkpoints: recorded,
    evaluated: store.checkpoints.ofRun(run).filter((checkpoint) => checkpoint.state === 'evaluated').length,
    alerts: alerts.map((alert) => ({
      kind: alert.kind,
      capabilities: alert.members.map((member) => member.capability),
      step: alert.step,
      since_step: alert.sinceStep,
      state: alert.state,
    })),
    planted: plants.map((plant) => ({ ...plant, caught: alerts.some((alert) => catches(alert, plant)) })),
  };
}

function catches(alert: Alert, plant: Plant): boolean {
  const { kind, step } = alert;
  return kind === 'regression' && step !== null && step > plant.after_step && step <= plant.by_step;
}

export function succeeded({ checkpoints, evaluated, planted }: DemoSummary): boolean {
  return evaluated === checkpoints && planted.every((plant) => plant.caught);
}

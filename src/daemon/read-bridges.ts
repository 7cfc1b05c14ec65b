/** Where another kind of engine took over a run, and what the change of engine alone did to its scores. */
import type { EngineBridge } from '../domain/trend.ts';
import type { Store } from '../store/open-store.ts';

/** Newer engine - older one, on the same weights and docs. */
export interface EngineShift {
  capability: string | null;
  task: string | null;
  metric: string;
  difference: number;
  ci95: [number, number];
  n: number;
}

export interface EngineChange {
  from: string;
  to: string;
  /** Steps that both engines measured. */
  steps: number[];
  shifts: EngineShift[];
}

/** In the order they happened. */
export function readBridges(store: Pick<Store, 'bridges' | 'checkpoints' | 'verdicts'>, run: string): EngineChange[] {
  const changes = new Map<string, EngineBridge[]>();
  for (const bridge of store.bridges.ofRun(run)) {
    const key = `${bridge.from}\n${bridge.to}`;
    changes.set(key, [...(changes.get(key) ?? []), bridge]);
  }
  return [...changes.values()].map((bridges) => {
    const { from, to } = bridges[0]!;
    const steps = bridges.map(({ step }) => step).sort((a, b) => a - b);
    return { from, to, steps, shifts: shiftsOf(store, run, steps) };
  });
}

/** From the verdicts on the first checkpoint that the newer engine was judged by: they stand beside them there. */
function shiftsOf(
  { checkpoints, verdicts }: Pick<Store, 'checkpoints' | 'verdicts'>,
  run: string,
  steps: readonly number[],
): EngineShift[] {
  for (const { id, step } of checkpoints.ofRun(run)) {
    if (step <= steps.at(-1)!) continue;
    const shifts = verdicts
      .ofCheckpoint(id)
      .flatMap(({ series, besides = [] }) =>
        besides
          .filter(({ to }) => to === 'engine')
          .map(
            ({ difference, ci95: [low, high], n }): EngineShift => ({ ...series, difference, ci95: [low, high], n }),
          ),
      );
    if (shifts.length > 0) return shifts;
  }
  return [];
}

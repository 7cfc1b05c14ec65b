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
export function readBridges(store: Pick<Store, 'bridges' | 'verdicts'>, run: string): EngineChange[] {
  const changes = new Map<string, EngineBridge[]>();
  for (const bridge of store.bridges.ofRun(run)) {
    const key = `${bridge.from}\n${bridge.to}`;
    changes.set(key, [...(changes.get(key) ?? []), bridge]);
  }
  if (changes.size === 0) return [];
  return [...changes.values()].map((bridges) => {
    const { from, to } = bridges[0]!;
    const steps = bridges.map(({ step }) => step).sort((a, b) => a - b);
    return { from, to, steps, shifts: shiftsOf(store, run, steps) };
  });
}

/** From the verdicts on the first checkpoint of the newer engine: they stand beside them there. */
function shiftsOf({ verdicts }: Pick<Store, 'verdicts'>, run: string, steps: readonly number[]): EngineShift[] {
  const first = verdicts
    .ofRun(run, steps.at(-1)! + 1)
    .find((each) => each.verdicts.some(({ besides }) => besides?.some(({ to }) => to === 'engine')));
  return (first?.verdicts ?? []).flatMap(({ series, besides }) =>
    (besides ?? [])
      .filter(({ to }) => to === 'engine')
      .map(({ difference, ci95: [low, high], n }) => ({ ...series, difference, ci95: [low, high], n })),
  );
}

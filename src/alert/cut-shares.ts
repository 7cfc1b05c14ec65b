/** Parts of the data mix that were cut, and the mix with a share given back: what several patterns advise from. Pure. */
import type { AdvisedChange, TelemetryAround } from '../domain/alert.ts';

/** A share cut by at least this part of itself, and by at least this much of the whole mix. */
const CUT = 0.3;
const LEAST = 0.05;

export interface CutShare {
  /** By its name in the mix. */
  readonly part: string;
  /** Shares before and after, in [0, 1]. */
  readonly from: number;
  readonly to: number;
  /** Step by which the mix had changed. */
  readonly at: number;
  /** The share given back, in numbers. */
  readonly giveBack: AdvisedChange;
}

/** Empty where the mix is not logged or did not change. */
export function cutShares({ dataMixBefore, dataMixAfter, dataMixChangedAt: at }: TelemetryAround): CutShare[] {
  if (!dataMixBefore || !dataMixAfter || at === null) return [];
  return Object.entries(dataMixBefore).flatMap(([part, from]) => {
    const to = dataMixAfter[part] ?? 0;
    if (from - to < LEAST || from - to < CUT * from) return [];
    const mix = withShare(dataMixAfter, part, from);
    return [{ part, from, to, at, giveBack: { kind: 'raise_share', part, share: from, mix } as const }];
  });
}

/** Something else moved at that time: the mix may not be the only cause. */
export function isUnstable({ spikes }: TelemetryAround): boolean {
  return spikes.loss !== null || spikes.learningRate !== null;
}

/** The mix with another share of one part; the others keep their proportions and give what it takes. */
function withShare(mix: Readonly<Record<string, number>>, part: string, share: number): Record<string, number> {
  const others = Object.entries(mix).filter(([name]) => name !== part);
  const sum = others.reduce((total, [, each]) => total + each, 0);
  const scaled = others.map(([name, each]) => [name, sum === 0 ? 0 : (each * (1 - share)) / sum] as const);
  return Object.fromEntries([...scaled, [part, share]]);
}

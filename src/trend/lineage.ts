/** Which run another one goes on from: a resumed trainer logs what its parent logged, digit for digit, up to the step where they part. Pure. */

export interface LoggedStep {
  readonly step: number;
  readonly loss: number | null;
}

export interface LineageCandidate {
  readonly run: string;
  readonly log: readonly LoggedStep[];
  /** Its evaluated checkpoints, ascending. */
  readonly steps: readonly number[];
}

export interface Lineage {
  readonly parent: string;
  /** Last step that both logged alike. */
  readonly forkStep: number;
  /** One sentence. */
  readonly why: string;
}

/** Fewer equal losses than this may be chance, or the same first batches. */
const FEWEST_EQUAL = 5;

/**
 * Never guessed: both must have logged the same finite losses at all their common steps up to the fork, five at least, and the parent must have
 * checkpoints there from before the child's first. Of several parents the one with most of them; null when there is none.
 * @param firstStep of the child's checkpoints
 */
export function findLineage(
  child: readonly LoggedStep[],
  firstStep: number,
  candidates: readonly LineageCandidate[],
): Lineage | null {
  const own = new Map(child.map(({ step, loss }) => [step, loss]));
  const found = candidates.flatMap(({ run, log, steps }) => {
    let [equal, forkStep] = [0, -1];
    for (const { step, loss } of log) {
      const mine = own.get(step);
      if (mine === undefined || mine === null || loss === null) continue;
      if (mine !== loss || !Number.isFinite(loss)) break;
      equal++;
      forkStep = step;
    }
    const inherited = steps.filter((step) => step <= forkStep && step < firstStep).length;
    if (equal < FEWEST_EQUAL || inherited === 0) return [];
    const why = `It logged the same losses as ${run} at ${equal} steps, up to step ${forkStep}.`;
    return [{ parent: run, forkStep, why, inherited }];
  });
  const [best] = found.sort((a, b) => b.inherited - a.inherited || b.forkStep - a.forkStep);
  return best === undefined ? null : { parent: best.parent, forkStep: best.forkStep, why: best.why };
}

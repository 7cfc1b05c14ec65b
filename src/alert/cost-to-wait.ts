/** What it costs to wait and see: how much was trained since the drop began, and what each further checkpoint adds. Pure. */
import type { CostToWait } from '../domain/alert.ts';

export interface DatedCheckpoint {
  readonly step: number;
  readonly tokens?: number | null;
  /** When its last byte was written, epoch ms; null where nobody knows. */
  readonly lastByteAt?: number | null;
}

/** Gaps that say how fast checkpoints come now. */
const LAST_GAPS = 12;
/** Files written closer together were copied here, not trained. */
const LEAST_GAP_MS = 1_000;

/**
 * @param checkpoints of the run, ascending, the one at which it was seen last
 * @param lastGood last step before the drop
 * @returns null where a single checkpoint tells no pace
 */
export function costToWait(checkpoints: readonly DatedCheckpoint[], lastGood: number): CostToWait | null {
  const now = checkpoints.at(-1);
  const gaps = (of: (each: DatedCheckpoint) => number | null | undefined, least: number) =>
    checkpoints
      .slice(-LAST_GAPS - 1)
      .flatMap((each, i, all) => {
        const [before, after] = [i === 0 ? null : of(all[i - 1]!), of(each)];
        return before == null || after == null ? [] : [after - before];
      })
      .filter((gap) => gap >= least);
  const steps = middle(gaps(({ step }) => step, 1));
  if (now === undefined || steps === null || now.step <= lastGood) return null;
  const ms = middle(gaps(({ lastByteAt }) => lastByteAt, LEAST_GAP_MS));
  const tokens = middle(gaps(({ tokens: seen }) => seen, 1));
  return { sinceSteps: now.step - lastGood, perCheckpoint: { steps, ms, tokens } };
}

function middle(values: readonly number[]): number | null {
  return values.length === 0 ? null : [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

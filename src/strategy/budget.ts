/** What an evaluation may cost, and what of a wish list fits into it. Pure. */
import { docsIn, type LeftOut, type PlanSlice } from '../domain/plan.ts';
import { saySeconds } from './say-seconds.ts';
import type { Planned } from './strategy.ts';

export interface Budget {
  /** Null is no limit. */
  readonly seconds: number | null;
  /** What sets the limit, a clause; empty where there is none. */
  readonly reason: string;
}

export interface BudgetWishes {
  /** Null is no limit. */
  readonly secondsPerCheckpoint: number | null;
  /** Share of wall time, in [0, 1]; null is no limit. */
  readonly share: number | null;
  /** Median time between two checkpoints of the run; null while unknown. */
  readonly secondsBetween: number | null;
}

/** The tighter of the two limits; a share of nobody knows what limits nothing. */
export function budgetOf({ secondsPerCheckpoint, share, secondsBetween }: BudgetWishes): Budget {
  const shared = share === null || secondsBetween === null ? null : share * secondsBetween;
  if (shared !== null && (secondsPerCheckpoint === null || shared < secondsPerCheckpoint)) {
    const of = `${Math.round(100 * share!)} % of the ${saySeconds(secondsBetween!)} between checkpoints`;
    return { seconds: shared, reason: `${saySeconds(shared)}, ${of}` };
  }
  if (secondsPerCheckpoint === null) return { seconds: null, reason: '' };
  return { seconds: secondsPerCheckpoint, reason: `${saySeconds(secondsPerCheckpoint)} a checkpoint` };
}

/** A slice that is wanted. */
export interface Wanted {
  readonly slice: PlanSlice;
  /** Asked whatever it costs. */
  readonly isKept: boolean;
}

/** Fewer docs than this tell next to nothing: rather none, and another task whole. */
const FEWEST_DOCS = 100;

/**
 * Those that are kept come off the budget first, then the others in their order; one that does not fit gives up docs from its end, the chosen ones first,
 * before it is left out, and those behind it may still fit. Something is always asked. What has no known cost is asked: that is how it becomes known.
 * @param loadSeconds what the evaluation takes beside asking
 */
export function fitBudget(wanted: readonly Wanted[], budget: Budget, loadSeconds: number | null): Planned {
  if (budget.seconds === null) return { slices: wanted.map(({ slice }) => slice), leftOut: [] };
  const kept = wanted.filter(({ isKept }) => isKept);
  let left = budget.seconds - (loadSeconds ?? 0);
  for (const { slice } of kept) left -= slice.expectedSeconds ?? 0;
  const slices: PlanSlice[] = [];
  const leftOut: LeftOut[] = [];
  for (const { slice, isKept } of wanted) {
    const fitting = isKept ? slice : shrunk(slice, Math.max(0, left));
    if (fitting === null) {
      leftOut.push(noRoom(slice, budget));
      continue;
    }
    if (!isKept) left -= fitting.expectedSeconds ?? 0;
    slices.push(fitting);
  }
  const [first] = wanted;
  if (slices.length > 0 || first === undefined) return { slices, leftOut };
  return { slices: [fewestOf(first.slice)], leftOut: leftOut.slice(1) };
}

/** An engine that was started for nothing would be the dearest plan of all. */
function fewestOf(slice: PlanSlice): PlanSlice {
  const { expectedSeconds, from, docs, reason } = slice;
  const wanted = docsIn(slice);
  const fewest = Math.min(docs - from, FEWEST_DOCS);
  return {
    ...slice,
    docs: from + fewest,
    chosen: null,
    expectedSeconds: expectedSeconds === null ? null : (expectedSeconds * fewest) / wanted,
    reason: `${reason.replace(/\.$/, '')}; the budget has room for nothing, so the fewest docs that tell anything are asked.`,
  };
}

/** As much of the slice as `seconds` have room for; null when that is too little to be worth it. */
function shrunk(slice: PlanSlice, seconds: number): PlanSlice | null {
  const { expectedSeconds, from, docs, reason } = slice;
  if (expectedSeconds === null || expectedSeconds <= seconds) return slice;
  const wanted = docsIn(slice);
  const fit = Math.min(docs - from, Math.floor((wanted * seconds) / expectedSeconds));
  if (fit < FEWEST_DOCS) return null;
  return {
    ...slice,
    docs: from + fit,
    chosen: null,
    expectedSeconds: (expectedSeconds * fit) / wanted,
    reason: `${reason.replace(/\.$/, '')}; the budget has room for ${fit} of ${wanted} docs.`,
  };
}

function noRoom(slice: PlanSlice, { reason }: Budget): LeftOut {
  const { task, expectedSeconds } = slice;
  const cost = saySeconds(expectedSeconds!);
  return {
    task,
    docs: docsIn(slice),
    expectedSeconds,
    reason: `It would take ${cost}, and of the budget (${reason}) that much is not left behind what comes before it.`,
  };
}

/** What the docs of a benchmark alone say against it, and from where on that counts. Pure. */

export interface SetHealth {
  readonly docs: number;
  /** What guessing would score, in [0, 1]; null where nobody can guess. */
  readonly chance: number | null;
  /** Share of the docs whose right answer stands at the commonest place among the choices, and mean number of choices; null without choices. */
  readonly commonestPlace: number | null;
  readonly choices: number | null;
  /** Pairs of docs [earlier, later] that are nearly the same, by place in the fixed order. */
  readonly copies: readonly (readonly [number, number])[];
}

/** As it is kept with a score: counts instead of places. */
export interface KeptHealth extends Omit<SetHealth, 'copies'> {
  readonly copies: number;
}

export type SetFinding = 'skewed answers' | 'near copies' | 'few docs';

/** A model that always takes the same place must gain this much over guessing before the set counts as skewed. */
const SKEW = 0.2;
/** Share of docs that copy another one. */
const COPIES = 0.05;
const FEW_DOCS = 100;

export function keptHealth({ copies, ...health }: SetHealth): KeptHealth {
  return { ...health, copies: copies.length };
}

/** Weight in planning, in (0, 1]: what is asked twice counts once, and a skewed set half. */
export function soundnessOf(health: KeptHealth): number {
  const distinct = health.docs === 0 ? 1 : 1 - health.copies / health.docs;
  return Math.max(0.05, distinct * (findingsOf(health).includes('skewed answers') ? 0.5 : 1));
}

export function findingsOf({ docs, commonestPlace, choices, copies }: KeptHealth): SetFinding[] {
  const isSkewed = commonestPlace !== null && choices !== null && docs >= 30 && commonestPlace - 1 / choices >= SKEW;
  return [
    ...(isSkewed ? (['skewed answers'] as const) : []),
    ...(docs > 0 && copies / docs >= COPIES ? (['near copies'] as const) : []),
    ...(docs < FEW_DOCS ? (['few docs'] as const) : []),
  ];
}

/** How much more would have to be seen before a difference that is suspected could be told. */

export interface SuspectedDifference {
  /** As it is seen, in score units. */
  readonly difference: number;
  /** Variance of it over docs, and the docs that rests on. */
  readonly docVariance: number;
  readonly n: number;
  /** Variance of the jitter of one checkpoint, in score units squared. */
  readonly jitter: number;
  /** Checkpoints of the stretch and of its reference. */
  readonly now: number;
  readonly reference: number;
}

/** z that is needed of one checkpoint, and of several in a row. */
export interface NeededZ {
  readonly single: number;
  readonly several: number;
}

export interface SayableEvidence {
  /** Further docs of every checkpoint compared; null when no number of docs would do. */
  readonly docs: number | null;
  /** Further checkpoints that look the same; null when not even eight in a row would do. */
  readonly checkpoints: number | null;
}

/** The longest stretch that is looked at. */
const LONGEST = 8;
/** Of the doc noise, what neighbouring checkpoints share: a longer stretch does not average that away. */
const SHARED_NOISE = 0.5;

/**
 * Sample size of a paired comparison for a difference D at threshold z: D^2 / z^2 = s^2 / n + tau^2 (1/a + 1/b), solved for n and for a
 * (Cohen 1988, chapter 2, with a second component of variance that more docs do not lower).
 */
export function evidenceNeeded(seen: SuspectedDifference, needed: NeededZ): SayableEvidence {
  const { difference, docVariance, n, jitter, now, reference } = seen;
  const spread = (a: number) => 1 / a + 1 / reference;
  const limit = now === 1 ? needed.single : needed.several;
  const room = (difference / limit) ** 2 - jitter * spread(now);
  const wanted = room > 0 ? Math.ceil((docVariance * n) / room) : Number.POSITIVE_INFINITY;
  const docsAt = (a: number) => docVariance * (SHARED_NOISE + (1 - SHARED_NOISE) * (spread(a) / spread(now)));
  const stretches = Array.from({ length: Math.max(0, LONGEST - now) }, (_, i) => now + 1 + i);
  const enough = stretches.find(
    (a) => Math.abs(difference) >= needed.several * Math.sqrt(docsAt(a) + jitter * spread(a)),
  );
  return {
    docs: Number.isFinite(wanted) && wanted < 100 * n ? roundUp(Math.max(1, wanted - n)) : null,
    checkpoints: enough === undefined ? null : enough - now,
  };
}

/** Two digits: more would claim to know better. */
function roundUp(docs: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(docs)) - 1);
  return Math.ceil(docs / unit) * unit;
}

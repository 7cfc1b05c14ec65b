/** Choosing the next token from log-probabilities. */

export interface SamplingOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  /** Smallest set of best tokens whose probabilities reach this; 1 keeps all. */
  readonly topP: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/**
 * @param logprobs [vocabulary], nats
 * @returns a token id, or -1 when the distribution is not one (a diverged model)
 */
export function sampleToken(logprobs: Float32Array, options: SamplingOptions): number {
  const weights = Float64Array.from(logprobs, (value) => value / options.temperature);
  const best = weights.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!Number.isFinite(best)) return -1;
  for (let id = 0; id < weights.length; id++) weights[id] = Math.exp((weights[id] as number) - best);
  const total = weights.reduce((a, b) => a + b, 0);
  if (options.topP >= 1) return pick(weights, null, options.random() * total);
  const order = Uint32Array.from(weights.keys()).sort(
    (a, b) => (weights[b] as number) - (weights[a] as number) || a - b,
  );
  let kept = 0;
  let mass = 0;
  while (kept < order.length && mass < options.topP * total) mass += weights[order[kept++] as number] as number;
  return pick(weights, order.subarray(0, kept), options.random() * mass);
}

/** The id at which the running sum of `weights`, taken in `order`, passes `goal`. */
function pick(weights: Float64Array, order: Uint32Array | null, goal: number): number {
  const size = order?.length ?? weights.length;
  let rest = goal;
  for (let index = 0; index < size; index++) {
    const id = order?.[index] ?? index;
    rest -= weights[id] as number;
    if (rest < 0) return id;
  }
  return order?.[size - 1] ?? size - 1;
}

/** A small seeded generator (mulberry32): the same seed gives the same text. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

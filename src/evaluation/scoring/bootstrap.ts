/** Standard errors of figures that are no mean: the docs are drawn again, with replacement, from a fixed seed. Pure. */

/** Draws; the error of the standard error is then about 1 / sqrt(2 x 200) = 5 %. */
export const RESAMPLES = 200;

const SEED = 20_230_614;

/**
 * Standard deviation of `figure` over resamples (Efron 1979). A resample is told as the number of times each doc was drawn, so that
 * docs in order stay in order.
 */
export function bootstrapStderr(
  n: number,
  figure: (counts: Int32Array) => number,
  resamples: number = RESAMPLES,
): number {
  if (n < 2) return Number.NaN;
  const draw = createDraw(SEED);
  const counts = new Int32Array(n);
  let [mean, squares] = [0, 0];
  for (let round = 1; round <= resamples; round++) {
    counts.fill(0);
    for (let i = 0; i < n; i++) counts[Math.floor(draw() * n)]!++;
    const value = figure(counts);
    const distance = value - mean;
    mean += distance / round;
    squares += distance * (value - mean);
  }
  return Math.sqrt(squares / (resamples - 1));
}

/** Uniform numbers in [0, 1): a 32-bit counter through Murmur3's finaliser. */
function createDraw(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let bits = state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 4_294_967_296;
  };
}

/** The values at their places as often as they were drawn. */
export function drawn(values: Float64Array, counts: Int32Array): Float64Array {
  const result = new Float64Array(values.length);
  let at = 0;
  for (let i = 0; i < values.length; i++) for (let copy = counts[i]!; copy > 0; copy--) result[at++] = values[i]!;
  return result;
}

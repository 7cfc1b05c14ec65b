/** How much goes into one run of the model: enough to keep the processor busy, little enough to stay responsive. */
import type { ModelShape } from './graph/model-graph.ts';

export interface Limits {
  /** Tokens of one run, padding included. */
  readonly tokens: number;
  /** Tokens that are packed into one row of a run: attention grows with the square of it. */
  readonly rowTokens: number;
  /** Next-token distributions of one run. */
  readonly rows: number;
  /** Sequences that are decoded at the same time. */
  readonly sequences: number;
  /** Bytes of keys and values of shared beginnings that are kept between requests. */
  readonly prefixBytes: number;
  /** Tokens whose keys and values are kept while decoding, all sequences together. */
  readonly cacheTokens: number;
}

/** A run should take a few tens of milliseconds for a small model and well under a second for a large one. */
const FLOPS_PER_RUN = 5e9;
const FEWEST_TOKENS = 512;
const MOST_TOKENS = 4096;
const ROW_TOKENS = 256;
/** Floats of next-token distributions in one run: 64 MB. */
const MOST_DISTRIBUTIONS = 16e6;
/** Floats of cached keys and values while decoding: 1 GB. */
const MOST_CACHE = 256e6;
const MOST_SEQUENCES = 64;
const PREFIX_BYTES = 256e6;

/** @param parameters number of weights of the model */
export function limitsFor(shape: ModelShape, parameters: number): Limits {
  const tokens = FLOPS_PER_RUN / (2 * parameters);
  const cachePerToken = 2 * shape.layers * shape.kvHeads * shape.headDim;
  return {
    tokens: Math.floor(Math.min(MOST_TOKENS, Math.max(FEWEST_TOKENS, tokens))),
    rowTokens: ROW_TOKENS,
    rows: Math.floor(Math.max(1, MOST_DISTRIBUTIONS / shape.vocabSize)),
    sequences: MOST_SEQUENCES,
    prefixBytes: PREFIX_BYTES,
    cacheTokens: Math.floor(Math.max(shape.maxLength, MOST_CACHE / cachePerToken)),
  };
}

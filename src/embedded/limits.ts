/** How much goes into one run of the model: enough to keep the processor busy, little enough to stay responsive. */
import type { ModelShape } from './graph/model-graph.ts';

export interface Limits {
  /** Tokens of one run, padding included. */
  readonly tokens: number;
  /** Tokens that are packed into one row of a run: attention grows with the square of it. */
  readonly rowTokens: number;
  /** A run of its own for a shared beginning must save at least this many tokens elsewhere. */
  readonly worthARun: number;
  /** Next-token distributions of one run. */
  readonly rows: number;
  /** Sequences that are decoded at the same time. */
  readonly sequences: number;
  /** Bytes of keys and values of shared beginnings that are kept between requests. */
  readonly prefixBytes: number;
  /** Tokens whose keys and values are kept while decoding, all sequences together. */
  readonly cacheTokens: number;
}

/** A run of a small model should take a few tens of milliseconds. */
const FLOPS_PER_RUN = 5e9;
const FEWEST_TOKENS = 512;
const MOST_TOKENS = 4096;
/** A run of a large model should not take much over two seconds on two cores: nobody else is answered meanwhile. */
const MOST_FLOPS = 1.5e11;
/** Fewer would not keep the processor busy. */
const LEAST_TOKENS = 64;
/** Tokens of a row for each of the model's width: beyond, attention to what the mask hides costs more than a tenth of the rest. */
const ROW_TOKENS_PER_WIDTH = 0.5;
const MOST_ROW_TOKENS = 256;
const FEWEST_ROW_TOKENS = 16;
/** Floats of next-token distributions in one run: 64 MB. */
const MOST_DISTRIBUTIONS = 16e6;
/** Keys and values while decoding: 1 GB, and not more than half of what the weights leave. */
const CACHE_BYTES = 1e9;
const MOST_SEQUENCES = 128;
const LEAST_SEQUENCES = 32;
const FEWEST_WORTH_A_RUN = 64;
/** Kept beginnings: 256 MB, and not more than an eighth of what the weights leave. */
const PREFIX_BYTES = 256e6;

/**
 * @param parameters number of weights of the model
 * @param spare bytes of memory that are free beside the weights
 */
export function limitsFor(shape: ModelShape, parameters: number, spare: number): Limits {
  const small = Math.min(MOST_TOKENS, Math.max(FEWEST_TOKENS, FLOPS_PER_RUN / (2 * parameters)));
  const tokens = Math.floor(Math.max(LEAST_TOKENS, Math.min(small, MOST_FLOPS / (2 * parameters))));
  const width = Math.sqrt(parameters / (12 * shape.layers));
  const rowTokens = Math.max(FEWEST_ROW_TOKENS, Math.min(MOST_ROW_TOKENS, ROW_TOKENS_PER_WIDTH * width));
  const cacheBytes = Math.min(CACHE_BYTES, Math.max(0, spare) / 2);
  return {
    tokens,
    rowTokens: Math.floor(Math.min(rowTokens, tokens)),
    worthARun: Math.max(FEWEST_WORTH_A_RUN, Math.floor(tokens / 8)),
    rows: Math.floor(Math.max(1, MOST_DISTRIBUTIONS / shape.vocabSize)),
    // Twice as many bring a large model next to nothing, and each step takes twice as long.
    sequences: Math.max(LEAST_SEQUENCES, Math.min(MOST_SEQUENCES, Math.floor(tokens / 8))),
    prefixBytes: Math.min(PREFIX_BYTES, Math.max(0, spare) / 8),
    cacheTokens: Math.floor(Math.max(shape.maxLength, cacheBytes / (4 * cachedPerToken(shape)))),
  };
}

/** Floats of keys and values of one token. */
export function cachedPerToken(shape: ModelShape): number {
  return 2 * shape.layers * shape.kvHeads * shape.headDim;
}

/** How much memory a model will need, worked out before any of it is taken. Every figure is bytes. */

import { LibraError } from '../domain/errors.ts';
import { elementsOf, type Weights } from './weights/tensor-place.ts';

/** Weights are kept as fp32 and the runtime re-packs matrices for its kernels: measured 1.4 times the fp32 size. */
const LOADED_PER_WEIGHT = 1.4;
/** Node.js, the runtime's own code and arenas. */
const PROGRAM = 120e6;

export interface MemoryEstimate {
  /** All weights widened to fp32. */
  readonly weights: number;
  /** Hidden states, attention scores and next-token distributions of one full batch, and the key-value cache. */
  readonly activations: number;
  readonly total: number;
}

/** Most that one run and the caches may hold beside the weights. */
export interface BatchMemory {
  readonly tokens: number;
  readonly distributions: number;
  readonly cache: number;
}

/** What a model of so many weights occupies once it is loaded, bytes. */
export function loadedBytes(parameters: number): number {
  return PROGRAM + LOADED_PER_WEIGHT * 4 * parameters;
}

/** @param batch token budget of a run, floats of next-token distributions, floats of cached keys and values */
export function estimateMemory(weights: Weights, widest: number, batch: BatchMemory): MemoryEstimate {
  let parameters = 0;
  for (const place of weights.values()) parameters += elementsOf(place.shape);
  // About twelve tensors of the widest layer are alive at once in the runtime's arena.
  const activations = 4 * (12 * widest * batch.tokens + 2 * batch.distributions + batch.cache);
  const total = loadedBytes(parameters) + activations;
  return { weights: 4 * parameters, activations, total };
}

/** @throws LibraError LIBRA_MEMORY_SHORT, with both numbers, when `estimate` does not fit into `free` */
export function requireMemory(estimate: MemoryEstimate, free: number): void {
  if (estimate.total <= free) return;
  throw new LibraError(
    'LIBRA_MEMORY_SHORT',
    `this checkpoint needs about ${gigabytes(estimate.total)} of memory in the embedded engine, and ${gigabytes(free)} is free`,
    { hint: 'Serve it with vLLM on a GPU or another machine and pass --engine http://host:port, or free some memory.' },
  );
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

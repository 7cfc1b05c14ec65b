/** Where a tensor's bytes lie: what every weight format is read into, so that the runtime can map the file itself. */

/** Element types the engine can compute from; all are widened to fp32 when loaded. */
export type WeightType = 'F32' | 'F16' | 'BF16';

export interface TensorPlace {
  /** As the file says it; only a `WeightType` can become part of a graph. */
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Absolute path of the file that holds the bytes. */
  readonly file: string;
  /** Absolute position of the first byte in that file. */
  readonly offset: number;
  /** Bytes. */
  readonly length: number;
}

/** All tensors of a checkpoint by their Hugging Face names. */
export type Weights = ReadonlyMap<string, TensorPlace>;

/** Number of elements of a shape; 1 for a scalar. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

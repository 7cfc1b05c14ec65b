/** Where a tensor's bytes lie: what every weight format is read into, so that the runtime can map the file itself. */
import type { Adaptation } from './adaptation.ts';

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
  /** The bytes are those of the transposed matrix: `shape` [rows, columns] lies as [columns, rows]. */
  readonly isTransposed?: true;
  /** Why these bytes cannot become a weight, as the rest of a sentence; only matters to a graph that asks for the tensor. */
  readonly unusable?: string;
  /** What a trained adapter makes of the tensor. */
  readonly adaptation?: Adaptation;
}

/** All tensors of a checkpoint by their Hugging Face names. */
export type Weights = ReadonlyMap<string, TensorPlace>;

/** Number of elements of a shape; 1 for a scalar. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Every file that bytes of these weights are read from, adapters included. */
export function filesOf(weights: Weights): Set<string> {
  const files = new Set<string>();
  const visit = (place: TensorPlace) => {
    files.add(place.file);
    for (const part of partsOf(place.adaptation)) visit(part);
  };
  for (const place of weights.values()) visit(place);
  return files;
}

function partsOf(adaptation: Adaptation | undefined): TensorPlace[] {
  if (adaptation === undefined) return [];
  if (adaptation.kind === 'sum') return [adaptation.addend];
  if (adaptation.kind === 'rows') return [adaptation.rows];
  const { a, b, magnitude } = adaptation;
  return magnitude === null ? [a, b] : [a, b, magnitude];
}

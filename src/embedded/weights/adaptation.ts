/** What an adapter changes in one tensor of its base model. The graph computes it once, when it is loaded; no file is written. */
import type { TensorPlace } from './tensor-place.ts';

export type Adaptation = LowRank | Sum | Rows;

/** W + scale x B A (LoRA), or its rows brought to trained lengths: magnitude x (W + scale x B A) / |W + scale x B A| (DoRA). */
export interface LowRank {
  readonly kind: 'low-rank';
  /** [rank, inputs] */
  readonly a: TensorPlace;
  /** [outputs, rank] */
  readonly b: TensorPlace;
  readonly scale: number;
  /** W is kept as [inputs, outputs] (GPT-2's Conv1D, and every embedding): the product is added transposed. */
  readonly isInputsFirst: boolean;
  /** [outputs] or [1, outputs]: the length of each output's weights; null without DoRA. */
  readonly magnitude: TensorPlace | null;
}

/** W + scale x addend: the trained bias of a LoRA layer. */
export interface Sum {
  readonly kind: 'sum';
  readonly addend: TensorPlace;
  readonly scale: number;
}

/** Some rows of W replaced by trained ones: single tokens of an embedding. */
export interface Rows {
  readonly kind: 'rows';
  readonly rows: TensorPlace;
  readonly indices: readonly number[];
}

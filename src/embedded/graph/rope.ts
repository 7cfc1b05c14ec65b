/** Rotary position embedding: tables of angles once a run, rotations in every layer. */
import type { GraphBuilder, Value } from './graph-builder.ts';

/** How one kind of layer rotates its queries and keys. */
export interface Rope {
  /** One angular frequency for each pair of dimensions, radians a token; dimensions behind them are not rotated. */
  readonly frequencies: Float32Array;
  /** Factor of cosines and sines, so that its square scales the attention scores (yarn, longrope). */
  readonly scale: number;
  /** Pairs are (2 i, 2 i + 1) and not (i, i + half). */
  readonly isInterleaved?: boolean;
}

/** cos and sin of every position's angles, each [batch, time, frequencies]. */
export interface RotaryTables {
  readonly cos: Value;
  readonly sin: Value;
  readonly rope: Rope;
}

/** @param positions int32[batch, time] */
export function rotaryTables(graph: GraphBuilder, positions: Value, rope: Rope): RotaryTables {
  const { frequencies, scale } = rope;
  const asFloat = graph.node('Cast', [positions], { to: 1 });
  const column = graph.node('Unsqueeze', [asFloat, graph.integers([2])]);
  const angles = graph.node('Mul', [column, graph.floats(frequencies, [1, 1, frequencies.length])]);
  const scaled = (value: Value) => (scale === 1 ? value : graph.node('Mul', [value, graph.floats([scale], [1])]));
  return { cos: scaled(graph.node('Cos', [angles])), sin: scaled(graph.node('Sin', [angles])), rope };
}

/** Rotates `value` [batch, time, heads x headDim], in each head as many dimensions as there are frequencies for. */
export function rotate(graph: GraphBuilder, value: Value, { cos, sin, rope }: RotaryTables, heads: number): Value {
  return graph.node('RotaryEmbedding', [value, cos, sin], {
    num_heads: heads,
    rotary_embedding_dim: 2 * rope.frequencies.length,
    interleaved: rope.isInterleaved ? 1 : 0,
  });
}

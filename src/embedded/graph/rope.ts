/**
 * Rotary position embedding. Frequencies are worked out as transformers' modeling_rope_utils does, in double precision and
 * then rounded once; transformers 4 writes `rope_theta` and `rope_scaling`, transformers 5 one `rope_parameters`.
 */
import type { GraphBuilder, Value } from './graph-builder.ts';
import { numberOf, type RawConfig, recordOf, unsupported } from './model-config.ts';

/**
 * One angular frequency for each pair of dimensions, radians a token: float32[headDim / 2].
 * @throws LibraError LIBRA_ARCHITECTURE_UNSUPPORTED for a scaling kind other than none, linear or llama3
 */
export function ropeFrequencies(config: RawConfig, headDim: number): Float32Array {
  const rope = recordOf(config.rope_parameters) ?? recordOf(config.rope_scaling) ?? {};
  const theta = numberOf(rope, 'rope_theta', numberOf(config, 'rope_theta', 10_000));
  const plain = Array.from({ length: headDim / 2 }, (_, pair) => theta ** ((-2 * pair) / headDim));
  const kind = rope.rope_type ?? rope.type ?? 'default';
  if (kind === 'default') return Float32Array.from(plain);
  if (kind === 'linear') return Float32Array.from(plain, (frequency) => frequency / numberOf(rope, 'factor'));
  if (kind === 'llama3') return Float32Array.from(plain, llama3Scaling(rope));
  throw unsupported(`rope scaling "${String(kind)}"`);
}

/** Long waves are slowed by `factor`, short ones kept, those between blended (Llama 3.1). */
function llama3Scaling(rope: RawConfig): (frequency: number) => number {
  const factor = numberOf(rope, 'factor');
  const low = numberOf(rope, 'low_freq_factor');
  const high = numberOf(rope, 'high_freq_factor');
  const original = numberOf(rope, 'original_max_position_embeddings');
  return (frequency) => {
    const wavelength = (2 * Math.PI) / frequency;
    if (wavelength < original / high) return frequency;
    if (wavelength > original / low) return frequency / factor;
    const smooth = (original / wavelength - low) / (high - low);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  };
}

/** cos and sin of every position's angles, each [batch, time, headDim / 2]: worked out once a run, used by all layers. */
export interface RotaryTables {
  readonly cos: Value;
  readonly sin: Value;
}

/** @param positions int32[batch, time] */
export function rotaryTables(graph: GraphBuilder, positions: Value, frequencies: Float32Array): RotaryTables {
  const asFloat = graph.node('Cast', [positions], { to: 1 });
  const column = graph.node('Unsqueeze', [asFloat, graph.integers([2])]);
  const angles = graph.node('Mul', [column, graph.floats(frequencies, [1, 1, frequencies.length])]);
  return { cos: graph.node('Cos', [angles]), sin: graph.node('Sin', [angles]) };
}

/** Rotates `value` [batch, time, heads x headDim]; pairs are (i, i + headDim / 2), as Hugging Face stores them. */
export function rotate(graph: GraphBuilder, value: Value, tables: RotaryTables, heads: number): Value {
  return graph.node('RotaryEmbedding', [value, tables.cos, tables.sin], { num_heads: heads });
}

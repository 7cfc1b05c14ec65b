/** Attention of one layer: projections, their norms and rotation before it, the output projection behind it. */
import { attend } from './attention.ts';
import type { Norm, SelfAttention } from './decoder.ts';
import type { GraphBuilder, Value } from './graph-builder.ts';
import { flatten, linear, normalise, unflatten } from './layers.ts';
import type { GraphInputs, ModelShape } from './model-graph.ts';
import { type RotaryTables, rotate } from './rope.ts';

export interface AttentionPlace {
  readonly shape: ModelShape;
  readonly layer: number;
  /** Null where nothing is rotated. */
  readonly rotary: RotaryTables | null;
  /** int64[2] */
  readonly batchAndTime: Value;
  readonly inputs: GraphInputs;
}

/** `x` [batch x time, width] -> what attention adds to it, of the same shape. */
export function selfAttention(graph: GraphBuilder, x: Value, attention: SelfAttention, place: AttentionPlace): Value {
  const { heads, scale, softcap, window, queryKeyNorm } = attention;
  const { shape, layer, rotary, batchAndTime, inputs } = place;
  const [query, key, value] = project(graph, x, attention, shape);
  const place3d = (part: Value, count: number) => unflatten(graph, part, batchAndTime, count * shape.headDim);
  const ready = (part: Value, count: number, norm: Norm | undefined) => {
    const normed = norm === undefined ? part : normalise(graph, flatten(graph, part, norm.width), norm);
    const placed = place3d(normed, count);
    return rotary === null ? placed : rotate(graph, placed, rotary, count);
  };
  const parts = {
    query: ready(query, heads, queryKeyNorm?.query),
    key: ready(key, shape.kvHeads, queryKeyNorm?.key),
    value: place3d(value, shape.kvHeads),
  };
  const mixed = attend(graph, inputs, { ...shape, layer, heads, scale, softcap, window }, parts);
  return linear(graph, flatten(graph, mixed, heads * shape.headDim), attention.output);
}

/** Query, key and value: batch x time x heads x headDim numbers each. */
function project(
  graph: GraphBuilder,
  x: Value,
  { projection, heads, clip }: SelfAttention,
  { kvHeads, headDim }: ModelShape,
): readonly [Value, Value, Value] {
  const held = (value: Value) =>
    clip == null ? value : graph.node('Clip', [value, graph.floats([-clip], []), graph.floats([clip], [])]);
  if (projection.kind === 'separate') {
    const part = (layer: typeof projection.query) => held(linear(graph, x, layer));
    return [part(projection.query), part(projection.key), part(projection.value)];
  }
  const all = held(linear(graph, x, projection.linear));
  const [query = '', key = '', value = ''] =
    projection.order === 'parts'
      ? graph.nodes('Split', 3, [all, graph.integers([heads, kvHeads, kvHeads].map((count) => count * headDim))], {
          axis: 1,
        })
      : graph.nodes('Split', 3, [graph.node('Reshape', [all, graph.integers([-1, heads, 3, headDim])])], {
          axis: 2,
          num_outputs: 3,
        });
  return [query, key, value];
}

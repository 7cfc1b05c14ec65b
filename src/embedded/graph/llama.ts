/** Llama 1 to 3 and every checkpoint that calls itself `llama`: the whole architecture from config.json. */
import type { Weights } from '../weights/tensor-place.ts';
import { attend } from './attention.ts';
import { GraphBuilder, type Value } from './graph-builder.ts';
import { nextTokenOutputs, wantedRows } from './head.ts';
import { flatten, gatedFeedForward, linear, rmsNorm, unflatten } from './layers.ts';
import { flagOf, numberOf, type RawConfig, sizeOf, unsupported } from './model-config.ts';
import { type GraphInputs, graphInputs, type ModelGraph, type ModelShape } from './model-graph.ts';
import { type RotaryTables, ropeFrequencies, rotaryTables, rotate } from './rope.ts';

interface Llama extends ModelShape {
  readonly width: number;
  readonly inner: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly tied: boolean;
  readonly attentionBias: boolean;
  readonly feedForwardBias: boolean;
  readonly frequencies: Float32Array;
}

/**
 * @throws LibraError LIBRA_ARCHITECTURE_UNSUPPORTED for a setting Llama does not have,
 * LIBRA_CHECKPOINT_INVALID when the weights are not those of the config
 */
export function buildLlama(config: RawConfig, weights: Weights, locate: (file: string) => string): ModelGraph {
  const model = readLlama(config);
  const graph = new GraphBuilder(weights, locate);
  const inputs = graphInputs(graph);
  const tables = rotaryTables(graph, inputs.positions, model.frequencies);
  const batchAndTime = graph.node('Shape', [inputs.ids]);

  const embedding = graph.weight('model.embed_tokens.weight', [model.vocabSize, model.width]);
  let hidden = flatten(graph, graph.node('Gather', [embedding, inputs.ids], { axis: 0 }), model.width);
  for (let layer = 0; layer < model.layers; layer++) {
    const name = `model.layers.${layer}`;
    const forAttention = rmsNorm(graph, hidden, `${name}.input_layernorm`, model.width, model.epsilon);
    const attended = attention(graph, forAttention, { model, layer, tables, batchAndTime, inputs });
    hidden = graph.node('Add', [hidden, attended]);
    const forFeedForward = rmsNorm(graph, hidden, `${name}.post_attention_layernorm`, model.width, model.epsilon);
    const size = { width: model.width, inner: model.inner, bias: model.feedForwardBias };
    hidden = graph.node('Add', [hidden, gatedFeedForward(graph, forFeedForward, `${name}.mlp`, size)]);
  }
  const wanted = rmsNorm(graph, wantedRows(graph, hidden, inputs), 'model.norm', model.width, model.epsilon);
  const size = { inputs: model.width, outputs: model.vocabSize, bias: false };
  const logits = linear(graph, wanted, model.tied ? 'model.embed_tokens' : 'lm_head', size);
  nextTokenOutputs(graph, logits, inputs, model.vocabSize);
  return { shape: model, graph: graph.finish() };
}

interface AttentionPlace {
  readonly model: Llama;
  readonly layer: number;
  readonly tables: RotaryTables;
  readonly batchAndTime: Value;
  readonly inputs: GraphInputs;
}

function attention(graph: GraphBuilder, x: Value, place: AttentionPlace): Value {
  const { model, layer, tables, batchAndTime, inputs } = place;
  const name = `model.layers.${layer}.self_attn`;
  const bias = model.attentionBias;
  const project = (part: string, heads: number) => {
    const outputs = heads * model.headDim;
    const flat = linear(graph, x, `${name}.${part}_proj`, { inputs: model.width, outputs, bias });
    return unflatten(graph, flat, batchAndTime, outputs);
  };
  const query = rotate(graph, project('q', model.heads), tables, model.heads);
  const key = rotate(graph, project('k', model.kvHeads), tables, model.kvHeads);
  const value = project('v', model.kvHeads);
  const mixed = attend(graph, inputs, { ...model, layer }, { query, key, value });
  const outputs = model.heads * model.headDim;
  return linear(graph, flatten(graph, mixed, outputs), `${name}.o_proj`, {
    inputs: outputs,
    outputs: model.width,
    bias,
  });
}

function readLlama(config: RawConfig): Llama {
  const activation = config.hidden_act ?? 'silu';
  if (activation !== 'silu') throw unsupported(`activation "${String(activation)}" for llama`);
  const width = sizeOf(config, 'hidden_size');
  const heads = sizeOf(config, 'num_attention_heads');
  const headDim = sizeOf(config, 'head_dim', width / heads);
  return {
    width,
    heads,
    headDim,
    inner: sizeOf(config, 'intermediate_size'),
    layers: sizeOf(config, 'num_hidden_layers'),
    kvHeads: sizeOf(config, 'num_key_value_heads', heads),
    vocabSize: sizeOf(config, 'vocab_size'),
    maxLength: sizeOf(config, 'max_position_embeddings', 2048),
    epsilon: numberOf(config, 'rms_norm_eps', 1e-6),
    tied: flagOf(config, 'tie_word_embeddings', false),
    attentionBias: flagOf(config, 'attention_bias', false),
    feedForwardBias: flagOf(config, 'mlp_bias', false),
    frequencies: ropeFrequencies(config, headDim),
  };
}

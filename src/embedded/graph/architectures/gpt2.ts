/** GPT-2: learned positions, layer norms, weights kept as [inputs, outputs], query, key and value in one of them. */
import { activationOf } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import type { Block, Linear, Norm } from '../decoder.ts';
import { readSizes, tiedNames } from '../decoder-sizes.ts';
import { flagOf, numberOf, type RawConfig, sizeOf, unsupported } from '../model-config.ts';

const DEFAULTS = {
  hidden_size: 768,
  max_position_embeddings: 1024,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
};

export const gpt2: Architecture = {
  modelType: 'gpt2',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given, ...usualNames(given) };
    if (flagOf(config, 'add_cross_attention', false)) throw unsupported('part for cross-attention');
    const { layers, width, heads, headDim, vocabSize, maxLength } = readSizes(config);
    // The first published checkpoints are those of the model without its head, whose names have no prefix.
    const prefix = has('wte.weight') ? '' : 'transformer.';
    const names = tiedNames(config, has, { embedding: `${prefix}wte`, head: 'lm_head' });
    return {
      shape: { layers, kvHeads: heads, headDim, vocabSize, maxLength },
      width,
      embedding: { name: names.embedding, scale: null, positions: `${prefix}wpe` },
      blocks: Array.from({ length: layers }, (_, layer) => block(config, `${prefix}h.${layer}`, layer)),
      finalNorm: normOf(config, width)(`${prefix}ln_f`),
      head: { linear: { name: names.head, inputs: width, outputs: vocabSize, bias: false }, softcap: null },
    };
  },
};

function block(config: RawConfig, name: string, layer: number): Block {
  const { width, heads, headDim } = readSizes(config);
  const inner = sizeOf(config, 'n_inner', 4 * width);
  const norm = normOf(config, width);
  const conv = (part: string, inputs: number, outputs: number): Linear => ({
    name: `${name}.${part}`,
    inputs,
    outputs,
    bias: true,
    inputsFirst: true,
  });
  const scale = flagOf(config, 'scale_attn_weights', true) ? headDim ** -0.5 : 1;
  return {
    norms: {
      beforeAttention: norm(`${name}.ln_1`),
      afterAttention: null,
      beforeFeedForward: norm(`${name}.ln_2`),
      afterFeedForward: null,
    },
    isParallel: false,
    attention: {
      heads,
      projection: { kind: 'joined', linear: conv('attn.c_attn', width, 3 * width), order: 'parts' },
      queryKeyNorm: null,
      rope: null,
      scale: flagOf(config, 'scale_attn_by_inverse_layer_idx', false) ? scale / (layer + 1) : scale,
      softcap: null,
      window: null,
      output: conv('attn.c_proj', width, width),
    },
    feedForward: {
      kind: 'plain',
      up: conv('mlp.c_fc', width, inner),
      down: conv('mlp.c_proj', inner, width),
      activation: activationOf(config, 'activation_function'),
    },
  };
}

function normOf(config: RawConfig, width: number): (name: string) => Norm {
  const epsilon = numberOf(config, 'layer_norm_epsilon');
  return (name) => ({ kind: 'layer', name, width, epsilon, bias: true });
}

/** GPT-2's own names of the usual sizes. */
function usualNames(config: RawConfig): RawConfig {
  const pairs = [
    ['hidden_size', config.n_embd],
    ['max_position_embeddings', config.n_positions],
    ['num_attention_heads', config.n_head],
    ['num_hidden_layers', config.n_layer],
  ];
  const given = Object.fromEntries(pairs.filter(([, value]) => value != null));
  return { ...given, num_key_value_heads: null, head_dim: null };
}

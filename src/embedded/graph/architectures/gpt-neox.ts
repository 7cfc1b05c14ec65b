/** GPT-NeoX and Pythia: attention and feed-forward side by side, layer norms, a quarter of each head rotated. */
import { activationOf } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import type { Block, Linear, Norm } from '../decoder.ts';
import { type DecoderSizes, readSizes, tiedNames } from '../decoder-sizes.ts';
import { flagOf, numberOf, type RawConfig, sizeOf } from '../model-config.ts';
import type { Rope } from '../rope.ts';
import { readRope, ropeParameters } from '../rope-config.ts';

const DEFAULTS = {
  intermediate_size: 24_576,
  hidden_act: 'gelu',
  max_position_embeddings: 2048,
  layer_norm_eps: 1e-5,
  tie_word_embeddings: false,
  use_parallel_residual: true,
  attention_bias: true,
  rotary_pct: 0.25,
  rotary_emb_base: 10_000,
};

export const gptNeox: Architecture = {
  modelType: 'gpt_neox',
  read: (given, has) => {
    // Every head has keys and values of its own.
    const config: RawConfig = { ...DEFAULTS, ...given, num_key_value_heads: null, head_dim: null };
    const sizes = readSizes(config);
    const { layers, kvHeads, headDim, vocabSize, maxLength, width } = sizes;
    const head = has('embed_out.weight') ? 'embed_out' : 'lm_head';
    const names = tiedNames(config, has, { embedding: 'gpt_neox.embed_in', head });
    const rope = readRope(config, {
      headDim,
      theta: numberOf(config, 'rotary_emb_base'),
      partial: numberOf(ropeParameters(config), 'partial_rotary_factor', numberOf(config, 'rotary_pct')),
    });
    return {
      shape: { layers, kvHeads, headDim, vocabSize, maxLength },
      width,
      embedding: { name: names.embedding, scale: null, positions: null },
      blocks: Array.from({ length: layers }, (_, layer) => block(config, sizes, rope, `gpt_neox.layers.${layer}`)),
      finalNorm: norm(config, 'gpt_neox.final_layer_norm', width),
      head: { linear: { name: names.head, inputs: width, outputs: vocabSize, bias: false }, softcap: null },
    };
  },
};

function block(config: RawConfig, { width, heads }: DecoderSizes, rope: Rope, name: string): Block {
  const inner = sizeOf(config, 'intermediate_size');
  const linear = (part: string, inputs: number, outputs: number, bias: boolean): Linear => ({
    name: `${name}.${part}`,
    inputs,
    outputs,
    bias,
  });
  const bias = flagOf(config, 'attention_bias', true);
  return {
    norms: {
      beforeAttention: norm(config, `${name}.input_layernorm`, width),
      afterAttention: null,
      beforeFeedForward: norm(config, `${name}.post_attention_layernorm`, width),
      afterFeedForward: null,
    },
    isParallel: flagOf(config, 'use_parallel_residual', true),
    attention: {
      heads,
      projection: {
        kind: 'joined',
        linear: linear('attention.query_key_value', width, 3 * width, bias),
        order: 'heads',
      },
      queryKeyNorm: null,
      rope,
      scale: null,
      softcap: null,
      window: null,
      output: linear('attention.dense', width, width, bias),
    },
    feedForward: {
      kind: 'plain',
      up: linear('mlp.dense_h_to_4h', width, inner, true),
      down: linear('mlp.dense_4h_to_h', inner, width, true),
      activation: activationOf(config),
    },
  };
}

function norm(config: RawConfig, name: string, width: number): Norm {
  return { kind: 'layer', name, width, epsilon: numberOf(config, 'layer_norm_eps'), bias: true };
}

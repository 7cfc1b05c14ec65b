/** StarCoder 2: Llama with layer norms, biases throughout, and a feed-forward without a gate. */
import { activationOf } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import type { FeedForward, Norm } from '../decoder.ts';
import { windowOf } from '../layer-types.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, numberOf, type RawConfig, sizeOf } from '../model-config.ts';

const DEFAULTS = {
  num_key_value_heads: 2,
  hidden_act: 'gelu_pytorch_tanh',
  max_position_embeddings: 4096,
  norm_epsilon: 1e-5,
  use_bias: true,
  sliding_window: null,
  tie_word_embeddings: true,
};

export const starcoder2: Architecture = {
  modelType: 'starcoder2',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    const bias = flagOf(config, 'use_bias', true);
    const width = sizeOf(config, 'hidden_size');
    const inner = sizeOf(config, 'intermediate_size');
    const epsilon = numberOf(config, 'norm_epsilon');
    const longest = sizeOf(config, 'max_position_embeddings');
    const activation = activationOf(config);
    return llamaLike(config, has, {
      biases: { qkv: bias, output: bias, feedForward: bias },
      norm: (name, size): Norm => ({ kind: 'layer', name, width: size, epsilon, bias: true }),
      feedForward: (name): FeedForward => ({
        kind: 'plain',
        up: { name: `${name}.c_fc`, inputs: width, outputs: inner, bias },
        down: { name: `${name}.c_proj`, inputs: inner, outputs: width, bias },
        activation,
      }),
      window: () => (config.sliding_window === null ? null : windowOf(config, 'sliding_attention', longest)),
    });
  },
};

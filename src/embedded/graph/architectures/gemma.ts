/** Gemma 1: Llama with scaled embeddings and norms kept minus one. */
import { activationOf } from '../activation.ts';
import type { Architecture } from '../architecture.ts';
import { llamaLike, rmsNorm } from '../llama-family.ts';
import { flagOf, type RawConfig, sizeOf, unsupported } from '../model-config.ts';

const DEFAULTS = {
  num_key_value_heads: 16,
  head_dim: 256,
  hidden_act: 'gelu_pytorch_tanh',
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
};

export const gemma: Architecture = {
  modelType: 'gemma',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    if (flagOf(config, 'use_bidirectional_attention', false)) {
      throw unsupported('part for attention in both directions');
    }
    const bias = flagOf(config, 'attention_bias', false);
    // The first configs say `gelu` and mean its approximation.
    const activation = config.hidden_act === 'gelu' ? 'gelu_pytorch_tanh' : config.hidden_act;
    return llamaLike(config, has, {
      biases: { qkv: bias, output: bias, feedForward: false },
      norm: rmsNorm(config, { plusOne: true }),
      activation: activationOf({ hidden_act: activation }),
      embeddingScale: Math.sqrt(sizeOf(config, 'hidden_size')),
    });
  },
};

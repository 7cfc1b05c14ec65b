/** StableLM: Llama with layer norms and a part of each head rotated; some are parallel behind one norm. */
import type { Architecture } from '../architecture.ts';
import type { Norm } from '../decoder.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, numberOf, type RawConfig, sizeOf, unsupported } from '../model-config.ts';
import { readRope, ropeParameters } from '../rope-config.ts';

const DEFAULTS = {
  num_key_value_heads: 32,
  hidden_act: 'silu',
  max_position_embeddings: 4096,
  layer_norm_eps: 1e-5,
  partial_rotary_factor: 0.25,
  tie_word_embeddings: false,
};

export const stablelm: Architecture = {
  modelType: 'stablelm',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    if (flagOf(config, 'qk_layernorm', false)) throw unsupported('norm for each head of its own (qk_layernorm)');
    const epsilon = numberOf(config, 'layer_norm_eps');
    const shared = readRope(config, {
      headDim: sizeOf({ size: sizeOf(config, 'hidden_size') / sizeOf(config, 'num_attention_heads') }, 'size'),
      partial: numberOf(ropeParameters(config), 'partial_rotary_factor', numberOf(config, 'partial_rotary_factor')),
    });
    return llamaLike(config, has, {
      biases: { qkv: flagOf(config, 'use_qkv_bias', false), output: false, feedForward: false },
      norm: (name, width): Norm => ({ kind: 'layer', name, width, epsilon, bias: true }),
      isParallel: flagOf(config, 'use_parallel_residual', false),
      rope: () => shared,
    });
  },
};

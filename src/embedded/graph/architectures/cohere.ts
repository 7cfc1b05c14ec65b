/** Cohere's Command R: attention and feed-forward side by side behind one norm, rotation of neighbouring dimensions. */
import type { Architecture } from '../architecture.ts';
import type { Norm } from '../decoder.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, numberOf, type RawConfig, sizeOf, unsupported } from '../model-config.ts';
import { readRope } from '../rope-config.ts';

const DEFAULTS = {
  hidden_act: 'silu',
  max_position_embeddings: 8192,
  layer_norm_eps: 1e-5,
  logit_scale: 0.0625,
  rope_theta: 500_000,
  tie_word_embeddings: true,
};

export const cohere: Architecture = {
  modelType: 'cohere',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    if (flagOf(config, 'use_qk_norm', false)) throw unsupported('norm for each head of its own (use_qk_norm)');
    const epsilon = numberOf(config, 'layer_norm_eps');
    const bias = flagOf(config, 'attention_bias', false);
    const headDim = sizeOf(config, 'head_dim', sizeOf(config, 'hidden_size') / sizeOf(config, 'num_attention_heads'));
    const shared = readRope(config, { headDim, isInterleaved: true });
    return llamaLike(config, has, {
      biases: { qkv: bias, output: bias, feedForward: false },
      norm: (name, width): Norm => ({ kind: 'layer', name, width, epsilon }),
      isParallel: true,
      rope: () => shared,
      logitScale: numberOf(config, 'logit_scale', 0.0625),
    });
  },
};

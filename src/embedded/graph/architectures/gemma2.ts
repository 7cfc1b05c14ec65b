/** Gemma 2: norms around both halves of a layer, capped scores and logits, every other layer with a window. */
import type { Architecture } from '../architecture.ts';
import { gemmaLike } from '../gemma-family.ts';
import { optionalNumberOf, type RawConfig } from '../model-config.ts';

const DEFAULTS = {
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  hidden_activation: 'gelu_pytorch_tanh',
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
  query_pre_attn_scalar: 256,
  sliding_window: 4096,
  final_logit_softcapping: 30,
  attn_logit_softcapping: 50,
};

export const gemma2: Architecture = {
  modelType: 'gemma2',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    return gemmaLike(config, has, {
      layerType: (layer) => (layer % 2 === 0 ? 'sliding_attention' : 'full_attention'),
      attentionSoftcap: optionalNumberOf(config, 'attn_logit_softcapping'),
    });
  },
};

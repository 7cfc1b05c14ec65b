/** Llama 1 to 3, and every checkpoint that calls itself `llama`. */
import type { Architecture } from '../architecture.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf } from '../model-config.ts';

/** What transformers takes for fields that are left out. */
const DEFAULTS = { hidden_act: 'silu', max_position_embeddings: 2048, rms_norm_eps: 1e-6, tie_word_embeddings: false };

export const llama: Architecture = {
  modelType: 'llama',
  read: (config, has) => {
    const attention = flagOf(config, 'attention_bias', false);
    const feedForward = flagOf(config, 'mlp_bias', false);
    return llamaLike({ ...DEFAULTS, ...config }, has, { biases: { qkv: attention, output: attention, feedForward } });
  },
};

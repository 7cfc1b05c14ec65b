/** OLMo 2: norms of what attention and feed-forward give out, and of whole queries and keys. */
import type { Architecture } from '../architecture.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, type RawConfig } from '../model-config.ts';

const DEFAULTS = { hidden_act: 'silu', max_position_embeddings: 2048, rms_norm_eps: 1e-5, tie_word_embeddings: false };

export const olmo2: Architecture = {
  modelType: 'olmo2',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    const bias = flagOf(config, 'attention_bias', false);
    return llamaLike(config, has, {
      biases: { qkv: bias, output: bias, feedForward: false },
      norms: 'after',
      queryKeyNorm: 'all-heads',
    });
  },
};

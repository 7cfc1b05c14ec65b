/** Granite 3: Llama with multipliers of embeddings, attention scores, what layers add, and logits. */
import type { Architecture } from '../architecture.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, numberOf, type RawConfig } from '../model-config.ts';

const DEFAULTS = { hidden_act: 'silu', max_position_embeddings: 2048, rms_norm_eps: 1e-6, tie_word_embeddings: false };

export const granite: Architecture = {
  modelType: 'granite',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    const attention = flagOf(config, 'attention_bias', false);
    const feedForward = flagOf(config, 'mlp_bias', false);
    return llamaLike(config, has, {
      biases: { qkv: attention, output: attention, feedForward },
      embeddingScale: numberOf(config, 'embedding_multiplier', 1),
      attentionScale: numberOf(config, 'attention_multiplier', 1),
      residualScale: numberOf(config, 'residual_multiplier', 1),
      logitScale: 1 / numberOf(config, 'logits_scaling', 1),
    });
  },
};

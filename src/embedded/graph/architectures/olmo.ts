/** OLMo 1: Llama with layer norms that have no weights, and queries, keys and values held within bounds. */
import type { Architecture } from '../architecture.ts';
import type { Norm } from '../decoder.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, optionalNumberOf, type RawConfig } from '../model-config.ts';

const DEFAULTS = { hidden_act: 'silu', max_position_embeddings: 2048, tie_word_embeddings: false };

export const olmo: Architecture = {
  modelType: 'olmo',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    const bias = flagOf(config, 'attention_bias', false);
    return llamaLike(config, has, {
      biases: { qkv: bias, output: bias, feedForward: false },
      norm: (_name, width): Norm => ({ kind: 'layer', name: null, width, epsilon: 1e-5 }),
      clip: optionalNumberOf(config, 'clip_qkv'),
    });
  },
};

/** Qwen 3: Qwen 2 without its biases, with query and key normalised head by head. */
import type { Architecture } from '../architecture.ts';
import { upperWindows } from '../layer-types.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, type RawConfig } from '../model-config.ts';

const DEFAULTS = {
  head_dim: 128,
  hidden_act: 'silu',
  max_position_embeddings: 32_768,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: false,
  use_sliding_window: false,
  sliding_window: 4096,
  max_window_layers: 28,
};

export const qwen3: Architecture = {
  modelType: 'qwen3',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    const bias = flagOf(config, 'attention_bias', false);
    return llamaLike(config, has, {
      biases: { qkv: bias, output: bias, feedForward: false },
      queryKeyNorm: 'each-head',
      window: upperWindows(config),
    });
  },
};

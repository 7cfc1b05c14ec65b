/** Qwen 2 and 2.5: Llama with biases of query, key and value, and a window in the upper layers if it is switched on. */
import type { Architecture } from '../architecture.ts';
import { upperWindows } from '../layer-types.ts';
import { llamaLike } from '../llama-family.ts';
import type { RawConfig } from '../model-config.ts';

const DEFAULTS = {
  hidden_act: 'silu',
  max_position_embeddings: 32_768,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: false,
  use_sliding_window: false,
  sliding_window: 4096,
  max_window_layers: 28,
};

export const qwen2: Architecture = {
  modelType: 'qwen2',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    return llamaLike(config, has, {
      biases: { qkv: true, output: false, feedForward: false },
      window: upperWindows(config),
    });
  },
};

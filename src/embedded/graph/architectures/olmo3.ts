/** OLMo 3: OLMo 2 with a window in three of four layers, and rotations that may differ between the two kinds. */
import type { Architecture } from '../architecture.ts';
import { type LayerType, layerTypesOf, windowOf } from '../layer-types.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, type RawConfig, sizeOf } from '../model-config.ts';
import { ropeByLayerType } from '../rope-config.ts';

const DEFAULTS = {
  hidden_act: 'silu',
  max_position_embeddings: 2048,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: false,
  sliding_window: 4096,
};

export const olmo3: Architecture = {
  modelType: 'olmo3',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    const types = layerTypesOf(config, sizeOf(config, 'num_hidden_layers'), (layer) =>
      (layer + 1) % 4 === 0 ? 'full_attention' : 'sliding_attention',
    );
    const typeOf = (layer: number): LayerType => types[layer] ?? 'full_attention';
    const longest = sizeOf(config, 'max_position_embeddings');
    const headDim = sizeOf(config, 'head_dim', sizeOf(config, 'hidden_size') / sizeOf(config, 'num_attention_heads'));
    // In the spelling of transformers 4, transformers 5 takes `rope_theta` for the far layers only.
    const ropes = ropeByLayerType(config, { headDim, full: config.rope_theta ?? 500_000, sliding: 500_000 });
    const bias = flagOf(config, 'attention_bias', false);
    return llamaLike(config, has, {
      biases: { qkv: bias, output: bias, feedForward: false },
      norms: 'after',
      queryKeyNorm: 'all-heads',
      rope: (layer) => ropes[typeOf(layer)],
      window: (layer) => windowOf(config, typeOf(layer), longest),
    });
  },
};

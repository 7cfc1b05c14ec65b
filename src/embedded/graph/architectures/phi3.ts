/** Phi-3 and Phi-4-mini: query, key and value in one weight, gate and up in another; part of each head is rotated. */
import type { Architecture } from '../architecture.ts';
import { layerTypesOf, windowOf } from '../layer-types.ts';
import { llamaLike } from '../llama-family.ts';
import { numberOf, type RawConfig, sizeOf } from '../model-config.ts';
import { readRope, ropeParameters } from '../rope-config.ts';

const DEFAULTS = {
  hidden_act: 'silu',
  max_position_embeddings: 4096,
  original_max_position_embeddings: 4096,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: false,
  sliding_window: null,
};

export const phi3: Architecture = {
  modelType: 'phi3',
  read: (given, has) => {
    const config: RawConfig = withRope({ ...DEFAULTS, ...given });
    const rope = ropeParameters(config);
    const headDim = sizeOf(config, 'head_dim', sizeOf(config, 'hidden_size') / sizeOf(config, 'num_attention_heads'));
    const partial = numberOf(rope, 'partial_rotary_factor', numberOf(config, 'partial_rotary_factor', 1));
    const shared = readRope(config, { headDim, partial });
    const everywhere = config.sliding_window === null ? 'full_attention' : 'sliding_attention';
    const types = layerTypesOf(config, sizeOf(config, 'num_hidden_layers'), () => everywhere);
    const longest = sizeOf(config, 'max_position_embeddings');
    return llamaLike(config, has, {
      biases: { qkv: false, output: false, feedForward: false },
      isFused: true,
      rope: () => shared,
      window: (layer) => windowOf(config, types[layer] ?? 'full_attention', longest),
    });
  },
};

/** Its first configs called longrope `su` or `yarn`. */
function withRope(config: RawConfig): RawConfig {
  const rope = ropeParameters(config);
  const kind = rope.rope_type ?? rope.type;
  if (kind !== 'yarn' && kind !== 'su') return config;
  return { ...config, rope_scaling: { ...rope, rope_type: 'longrope' } };
}

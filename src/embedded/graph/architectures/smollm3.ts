/** SmolLM3: Llama whose every fourth layer knows no positions. */
import type { Architecture } from '../architecture.ts';
import { layerTypesOf, windowOf } from '../layer-types.ts';
import { llamaLike } from '../llama-family.ts';
import { flagOf, type RawConfig, sizeOf, unsupported } from '../model-config.ts';
import { readRope } from '../rope-config.ts';

const DEFAULTS = {
  num_key_value_heads: 4,
  hidden_act: 'silu',
  max_position_embeddings: 32_768,
  rms_norm_eps: 1e-6,
  rope_theta: 2_000_000,
  no_rope_layer_interval: 4,
  sliding_window: null,
  tie_word_embeddings: true,
};

export const smollm3: Architecture = {
  modelType: 'smollm3',
  read: (given, has) => {
    const config: RawConfig = { ...DEFAULTS, ...given };
    const layers = sizeOf(config, 'num_hidden_layers');
    const isRotated = rotatedLayers(config, layers);
    const hasWindow = flagOf(config, 'use_sliding_window', false) && config.sliding_window !== null;
    const types = layerTypesOf(config, layers, (layer) =>
      hasWindow && !isRotated[layer] ? 'sliding_attention' : 'full_attention',
    );
    const headDim = sizeOf(config, 'head_dim', sizeOf(config, 'hidden_size') / sizeOf(config, 'num_attention_heads'));
    const shared = readRope(config, { headDim });
    const longest = sizeOf(config, 'max_position_embeddings');
    const attention = flagOf(config, 'attention_bias', false);
    const feedForward = flagOf(config, 'mlp_bias', false);
    return llamaLike(config, has, {
      biases: { qkv: attention, output: attention, feedForward },
      rope: (layer) => (isRotated[layer] ? shared : null),
      window: (layer) => windowOf(config, types[layer] ?? 'full_attention', longest),
    });
  },
};

/** `no_rope_layers` has a one for each layer that is rotated, whatever its name says. */
function rotatedLayers(config: RawConfig, layers: number): boolean[] {
  const named = config.no_rope_layers;
  if (Array.isArray(named) && named.length === layers) return named.map((flag) => flag === 1 || flag === true);
  if (named != null) throw unsupported(`reading of no_rope_layers that are not one for each of ${layers} layers`);
  const interval = sizeOf(config, 'no_rope_layer_interval');
  return Array.from({ length: layers }, (_, layer) => (layer + 1) % interval !== 0);
}

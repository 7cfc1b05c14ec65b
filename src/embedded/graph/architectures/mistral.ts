/** Mistral: Llama with a window of tokens to look back at, in every layer or, as Ministral, in some. */
import type { Architecture } from '../architecture.ts';
import { layerTypesOf, windowOf } from '../layer-types.ts';
import { llamaLike } from '../llama-family.ts';
import { type RawConfig, sizeOf } from '../model-config.ts';

const DEFAULTS = {
  num_key_value_heads: 8,
  hidden_act: 'silu',
  max_position_embeddings: 131_072,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: false,
  sliding_window: 4096,
};

function read(given: RawConfig, has: (tensor: string) => boolean) {
  const config: RawConfig = { ...DEFAULTS, ...given };
  const isWindowed = config.sliding_window !== null;
  const everywhere = isWindowed ? 'sliding_attention' : 'full_attention';
  const types = layerTypesOf(config, sizeOf(config, 'num_hidden_layers'), () => everywhere);
  const longest = sizeOf(config, 'max_position_embeddings');
  return llamaLike(config, has, {
    biases: { qkv: false, output: false, feedForward: false },
    window: (layer) => windowOf(config, types[layer] ?? 'full_attention', longest),
  });
}

/** A `mistral` whose config names layer types is read as `ministral`, here as in transformers. */
export const mistral: Architecture = { modelType: 'mistral', read };
export const ministral: Architecture = { modelType: 'ministral', read };

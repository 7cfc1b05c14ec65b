/** What the Gemma models have in common: scaled embeddings, norms kept minus one, near and far layers. */
import { activationOf } from './activation.ts';
import type { Decoder } from './decoder.ts';
import { type LayerType, layerTypesOf, windowOf } from './layer-types.ts';
import { type Differences, llamaLike, rmsNorm } from './llama-family.ts';
import { flagOf, numberOf, optionalNumberOf, type RawConfig, sizeOf, unsupported } from './model-config.ts';
import type { Rope } from './rope.ts';

export interface GemmaDifferences extends Pick<Differences, 'queryKeyNorm' | 'attentionSoftcap' | 'names'> {
  /** For configs that do not name the type of each layer. */
  readonly layerType: (layer: number) => LayerType;
  /** Default: one rotation for all. */
  readonly ropes?: Readonly<Record<LayerType, Rope>>;
}

/** @param config with the defaults of its architecture filled in */
export function gemmaLike(config: RawConfig, has: (tensor: string) => boolean, own: GemmaDifferences): Decoder {
  if (flagOf(config, 'use_bidirectional_attention', false)) throw unsupported('part for attention in both directions');
  const { layerType, ropes, ...differences } = own;
  const types = layerTypesOf(config, sizeOf(config, 'num_hidden_layers'), layerType);
  const longest = sizeOf(config, 'max_position_embeddings');
  const typeOf = (layer: number): LayerType => types[layer] ?? 'full_attention';
  const bias = flagOf(config, 'attention_bias', false);
  return llamaLike(config, has, {
    ...differences,
    biases: { qkv: bias, output: bias, feedForward: false },
    norms: 'around',
    norm: rmsNorm(config, { plusOne: true }),
    activation: activationOf(config, 'hidden_activation'),
    embeddingScale: Math.sqrt(sizeOf(config, 'hidden_size')),
    attentionScale: numberOf(config, 'query_pre_attn_scalar') ** -0.5,
    logitSoftcap: optionalNumberOf(config, 'final_logit_softcapping'),
    window: (layer) => windowOf(config, typeOf(layer), longest),
    ...(ropes && { rope: (layer: number) => ropes[typeOf(layer)] }),
  });
}

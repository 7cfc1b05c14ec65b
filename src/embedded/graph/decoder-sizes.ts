/** The sizes nearly every config.json spells alike. */
import { LibraError } from '../../domain/errors.ts';
import { flagOf, type RawConfig, sizeOf } from './model-config.ts';
import { longestFor } from './rope-config.ts';

export interface DecoderSizes {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly vocabSize: number;
  /** Tokens. */
  readonly maxLength: number;
}

/** @throws LibraError LIBRA_CHECKPOINT_INVALID when a size is missing or the heads do not go into one another */
export function readSizes(config: RawConfig): DecoderSizes {
  const width = sizeOf(config, 'hidden_size');
  const heads = sizeOf(config, 'num_attention_heads');
  const kvHeads = sizeOf(config, 'num_key_value_heads', heads);
  if (heads % kvHeads !== 0) {
    throw new LibraError(
      'LIBRA_CHECKPOINT_INVALID',
      `config.json has ${heads} attention heads for ${kvHeads} key-value heads`,
      { hint: 'Save the checkpoint again with the config.json of its model.' },
    );
  }
  return {
    layers: sizeOf(config, 'num_hidden_layers'),
    width,
    heads,
    kvHeads,
    headDim: sizeOf(config, 'head_dim', width / heads),
    vocabSize: sizeOf(config, 'vocab_size'),
    maxLength: longestFor(config, sizeOf(config, 'max_position_embeddings')),
  };
}

/**
 * Names of the token embedding and of the head. A tied checkpoint usually has only one of them; where it has both, each is
 * what it says, as transformers does it.
 */
export function tiedNames(
  config: RawConfig,
  has: (tensor: string) => boolean,
  names: { readonly embedding: string; readonly head: string },
): { readonly embedding: string; readonly head: string } {
  const { embedding, head } = names;
  if (!flagOf(config, 'tie_word_embeddings', false)) return names;
  return {
    embedding: has(`${embedding}.weight`) ? embedding : head,
    head: has(`${head}.weight`) ? head : embedding,
  };
}

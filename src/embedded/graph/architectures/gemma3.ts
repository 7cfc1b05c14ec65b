/** Gemma 3: Gemma 2 with normalised queries and keys instead of capped scores, and two rotations: near and far layers. */
import type { Architecture } from '../architecture.ts';
import type { Decoder } from '../decoder.ts';
import { gemmaLike } from '../gemma-family.ts';
import { type RawConfig, recordOf, sizeOf, unsupported } from '../model-config.ts';
import { ropeByLayerType } from '../rope-config.ts';

/** A config inside a `gemma3` one leaves out what is as transformers has it. */
const DEFAULTS = {
  vocab_size: 262_208,
  hidden_size: 2304,
  intermediate_size: 9216,
  num_hidden_layers: 26,
  num_attention_heads: 8,
  num_key_value_heads: 4,
  head_dim: 256,
  hidden_activation: 'gelu_pytorch_tanh',
  max_position_embeddings: 131_072,
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
  query_pre_attn_scalar: 256,
  sliding_window: 4096,
  sliding_window_pattern: 6,
  final_logit_softcapping: null,
};

type Has = (tensor: string) => boolean;

function readText(given: RawConfig, has: Has, names?: { readonly model: string; readonly head: string }): Decoder {
  const config: RawConfig = { ...DEFAULTS, ...given };
  const every = sizeOf(config, 'sliding_window_pattern', 6);
  return gemmaLike(config, has, {
    layerType: (layer) => ((layer + 1) % every === 0 ? 'full_attention' : 'sliding_attention'),
    queryKeyNorm: 'each-head',
    ropes: ropeByLayerType(config, {
      headDim: sizeOf(config, 'head_dim'),
      full: config.rope_theta ?? 1_000_000,
      sliding: config.rope_local_base_freq ?? 10_000,
    }),
    ...(names && { names }),
  });
}

export const gemma3Text: Architecture = { modelType: 'gemma3_text', read: (config, has) => readText(config, has) };

/** With eyes: only its language model is asked. */
export const gemma3: Architecture = {
  modelType: 'gemma3',
  read: (config, has) => {
    const text = recordOf(config.text_config);
    if (text === null) throw unsupported('part for a gemma3 without a text_config');
    const tied = text.tie_word_embeddings ?? config.tie_word_embeddings ?? true;
    return readText({ ...text, tie_word_embeddings: tied }, has, placesOf(has));
  },
};

/** Published checkpoints, those of transformers 4.52 and later, and such as were stripped to their text. */
function placesOf(has: Has): { readonly model: string; readonly head: string } {
  const places = [
    { model: 'language_model.model', head: 'language_model.lm_head' },
    { model: 'model.language_model', head: 'lm_head' },
  ];
  return places.find(({ model }) => has(`${model}.embed_tokens.weight`)) ?? { model: 'model', head: 'lm_head' };
}

/** Every architecture, and every setting that changes its graph, as seeded checkpoints; config fields as real ones spell them. */
import type { Dtype, SeededCheckpoint } from './seeded-checkpoint.ts';

type Config = Readonly<Record<string, unknown>>;

const SIZES = {
  vocab_size: 1024,
  hidden_size: 48,
  intermediate_size: 112,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 128,
  bos_token_id: null,
  eos_token_id: 0,
};
const RMS = { ...SIZES, hidden_act: 'silu', rms_norm_eps: 1e-5, tie_word_embeddings: true };
const LLAMA = { ...RMS, model_type: 'llama' };
const MISTRAL = { ...RMS, model_type: 'mistral', sliding_window: null };
const QWEN2 = { ...RMS, model_type: 'qwen2', use_sliding_window: false, sliding_window: 20, max_window_layers: 1 };
const QWEN3 = { ...QWEN2, model_type: 'qwen3', head_dim: 20 };
const OLMO2 = { ...RMS, model_type: 'olmo2' };
const GEMMA = {
  ...SIZES,
  head_dim: 20,
  hidden_activation: 'gelu_pytorch_tanh',
  rms_norm_eps: 1e-6,
  tie_word_embeddings: true,
  sliding_window: 16,
  query_pre_attn_scalar: 24,
};
const GEMMA2 = { ...GEMMA, model_type: 'gemma2', attn_logit_softcapping: 5.5, final_logit_softcapping: 4.5 };
const GEMMA3 = { ...GEMMA, model_type: 'gemma3_text', num_hidden_layers: 4 };
const PHI3 = { ...RMS, model_type: 'phi3', original_max_position_embeddings: 128, pad_token_id: 0 };
const GPT2 = {
  model_type: 'gpt2',
  vocab_size: 1024,
  n_embd: 48,
  n_layer: 3,
  n_head: 4,
  n_positions: 128,
  n_inner: null,
  activation_function: 'gelu_new',
  layer_norm_epsilon: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: null,
  eos_token_id: 0,
};
const NEOX = {
  ...SIZES,
  model_type: 'gpt_neox',
  hidden_act: 'gelu',
  layer_norm_eps: 1e-5,
  tie_word_embeddings: false,
  rotary_pct: 0.5,
  rotary_emb_base: 10_000,
};

/** One factor for each of `count` pairs, growing. */
const factors = (count: number, most: number) => Array.from({ length: count }, (_, pair) => 1 + (pair * most) / count);
const LAYERS = ['full_attention', 'sliding_attention', 'full_attention'];

const of = (config: Config, dtype: Dtype = 'F32', more: Partial<SeededCheckpoint> = {}): SeededCheckpoint => ({
  config,
  dtype,
  shards: 1,
  ...more,
});

export const ARCHITECTURE_VARIANTS: Readonly<Record<string, SeededCheckpoint>> = {
  llama_dynamic_rope: of({ ...LLAMA, rope_scaling: { type: 'dynamic', factor: 4 } }),
  llama_yarn: of({
    ...LLAMA,
    rope_parameters: { rope_type: 'yarn', rope_theta: 10_000, factor: 8, original_max_position_embeddings: 16 },
  }),
  llama_yarn_with_mscale: of(
    {
      ...LLAMA,
      rope_theta: 5000,
      rope_scaling: {
        rope_type: 'yarn',
        factor: 4,
        original_max_position_embeddings: 32,
        mscale: 1.2,
        mscale_all_dim: 0.7,
        beta_fast: 16,
        beta_slow: 2,
        truncate: false,
      },
    },
    'BF16',
  ),
  llama_yarn_with_attention_factor: of(
    {
      ...LLAMA,
      rope_scaling: { type: 'yarn', factor: 4, attention_factor: 1.3, original_max_position_embeddings: 32 },
    },
    'F32',
    { seed: 4 },
  ),
  llama_longrope: of({
    ...LLAMA,
    max_position_embeddings: 512,
    rope_parameters: {
      rope_type: 'longrope',
      rope_theta: 10_000,
      short_factor: factors(6, 2),
      long_factor: factors(6, 9),
      original_max_position_embeddings: 128,
    },
  }),
  llama_proportional_rope: of(
    { ...LLAMA, rope_parameters: { rope_type: 'proportional', rope_theta: 10_000, factor: 2 } },
    'F32',
    { seed: 2 },
  ),
  llama_gelu: of({ ...LLAMA, hidden_act: 'gelu' }, 'F32', { seed: 3 }),
  llama_quick_gelu: of({ ...LLAMA, hidden_act: 'quick_gelu' }),
  llama_relu: of({ ...LLAMA, hidden_act: 'relu' }),
  llama_tied_with_another_head: of(LLAMA, 'F32', { places: { hasHead: true } }),

  mistral: of({ ...MISTRAL, tie_word_embeddings: false, head_dim: 20 }, 'BF16'),
  mistral_window: of({ ...MISTRAL, sliding_window: 24 }),
  mistral_some_windows: of({ ...MISTRAL, head_dim: 12, sliding_window: 8, layer_types: LAYERS }),

  qwen2: of(QWEN2),
  qwen2_untied: of({ ...QWEN2, tie_word_embeddings: false, num_key_value_heads: 1 }, 'F16'),
  qwen2_upper_windows: of({ ...QWEN2, use_sliding_window: true }),
  qwen2_named_windows: of({ ...QWEN2, use_sliding_window: true, max_window_layers: 3, layer_types: LAYERS }, 'BF16'),

  qwen3: of(QWEN3),
  qwen3_untied_with_biases: of({ ...QWEN3, tie_word_embeddings: false, attention_bias: true }, 'BF16', { seed: 3 }),
  qwen3_upper_windows: of({ ...QWEN3, use_sliding_window: true }),
  qwen3_yarn: of({
    ...QWEN3,
    rope_theta: 1_000_000,
    rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32 },
  }),

  olmo2: of({ ...OLMO2, rope_theta: 500_000 }),
  olmo2_untied_with_biases: of({ ...OLMO2, tie_word_embeddings: false, attention_bias: true }, 'BF16'),

  gemma2: of(GEMMA2),
  gemma2_half: of({ ...GEMMA2, sliding_window: 128 }, 'BF16', { seed: 2 }),
  gemma2_uncapped_untied: of({
    ...GEMMA2,
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
    tie_word_embeddings: false,
    attention_bias: true,
    layer_types: LAYERS,
    rope_parameters: { rope_type: 'default', rope_theta: 50_000 },
  }),

  gemma3: of({
    ...GEMMA3,
    layer_types: ['sliding_attention', 'full_attention', 'sliding_attention', 'full_attention'],
    rope_parameters: {
      full_attention: { rope_type: 'linear', factor: 8, rope_theta: 1_000_000 },
      sliding_attention: { rope_type: 'default', rope_theta: 10_000 },
    },
  }),
  gemma3_old_spelling: of(
    {
      ...GEMMA3,
      sliding_window_pattern: 3,
      rope_theta: 500_000,
      rope_local_base_freq: 5000,
      rope_scaling: { rope_type: 'linear', factor: 4 },
      final_logit_softcapping: 5.5,
    },
    'BF16',
    { seed: 2 },
  ),

  phi3: of(PHI3),
  phi3_partial_untied: of({ ...PHI3, tie_word_embeddings: false, partial_rotary_factor: 0.5 }, 'BF16', { seed: 2 }),
  phi3_window: of({ ...PHI3, sliding_window: 24 }),
  phi3_longrope: of(
    {
      ...PHI3,
      max_position_embeddings: 1024,
      partial_rotary_factor: 0.67,
      rope_scaling: { type: 'longrope', short_factor: factors(4, 1), long_factor: factors(4, 6) },
    },
    'F32',
    { seed: 3 },
  ),
  phi3_longrope_called_su: of(
    {
      ...PHI3,
      max_position_embeddings: 512,
      rope_parameters: {
        type: 'su',
        original_max_position_embeddings: 128,
        rope_theta: 20_000,
        partial_rotary_factor: 0.5,
        short_factor: factors(3, 1),
        long_factor: factors(3, 6),
      },
    },
    'F32',
    { seed: 2 },
  ),

  gpt2: of(GPT2),
  gpt2_half: of(GPT2, 'F16'),
  gpt2_untied_scaled_by_layer: of({
    ...GPT2,
    n_inner: 100,
    activation_function: 'gelu',
    scale_attn_by_inverse_layer_idx: true,
    tie_word_embeddings: false,
  }),
  gpt2_unscaled: of({ ...GPT2, scale_attn_weights: false, activation_function: 'relu' }, 'F32', { seed: 2 }),

  gpt_neox: of(NEOX, 'F32', { places: { head: 'embed_out' } }),
  gpt_neox_half: of({ ...NEOX, rotary_pct: 0.25, hidden_act: 'gelu_new' }, 'BF16', { places: { head: 'embed_out' } }),
  gpt_neox_sequential: of({
    ...NEOX,
    use_parallel_residual: false,
    attention_bias: false,
    tie_word_embeddings: true,
    rope_parameters: { rope_type: 'linear', factor: 2, rope_theta: 20_000, partial_rotary_factor: 1 },
  }),

  olmo: of({ ...RMS, model_type: 'olmo', clip_qkv: 1.5 }, 'F32', { seed: 2 }),
  olmo_unclipped: of({ ...RMS, model_type: 'olmo', clip_qkv: null, tie_word_embeddings: false }, 'BF16'),
  olmo3: of({
    ...OLMO2,
    model_type: 'olmo3',
    sliding_window: 16,
    num_hidden_layers: 4,
    rope_theta: 20_000,
    rope_scaling: { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32 },
  }),
  gemma: of({ ...RMS, model_type: 'gemma', head_dim: 20, hidden_act: 'gelu' }),
  granite: of({
    ...LLAMA,
    model_type: 'granite',
    attention_bias: true,
    mlp_bias: true,
    embedding_multiplier: 0.5,
    attention_multiplier: 0.4,
    residual_multiplier: 1.7,
    logits_scaling: 0.6,
  }),
  smollm3: of({ ...LLAMA, model_type: 'smollm3', no_rope_layer_interval: 2, pad_token_id: 0 }, 'F32', { seed: 2 }),
  smollm3_named_layers: of(
    {
      ...LLAMA,
      model_type: 'smollm3',
      no_rope_layers: [0, 1, 1],
      use_sliding_window: true,
      sliding_window: 12,
      pad_token_id: 0,
    },
    'BF16',
    { seed: 2 },
  ),
  stablelm: of({ ...LLAMA, model_type: 'stablelm', layer_norm_eps: 1e-5, partial_rotary_factor: 0.5 }),
  stablelm_parallel: of({
    ...LLAMA,
    model_type: 'stablelm',
    use_parallel_residual: true,
    use_qkv_bias: true,
    tie_word_embeddings: false,
    rope_parameters: { rope_type: 'default', rope_theta: 5000, partial_rotary_factor: 0.17 },
  }),
  starcoder2: of({
    ...SIZES,
    model_type: 'starcoder2',
    hidden_act: 'gelu_pytorch_tanh',
    use_bias: true,
    sliding_window: 24,
    tie_word_embeddings: true,
  }),
  cohere: of({ ...LLAMA, model_type: 'cohere', logit_scale: 1.25, layer_norm_eps: 1e-5, pad_token_id: 0 }),
};

/** Names and shapes of the tensors that transformers' classes have for a config: written out here, not taken from the engine. */

export interface SeededTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its numbers lie within +- spread / 2 of it. */
  readonly centre: number;
  readonly spread: number;
}

type Config = Readonly<Record<string, unknown>>;

const matrix = (name: string, shape: readonly number[]): SeededTensor => ({ name, shape, centre: 0, spread: 0.5 });
/** Norm weights near one, or wherever an architecture keeps them. */
const vector = (name: string, size: number, centre = 0.9): SeededTensor => ({
  name,
  shape: [size],
  centre,
  spread: 0.6,
});

function linear(name: string, outputs: number, inputs: number, bias: unknown): SeededTensor[] {
  return [matrix(`${name}.weight`, [outputs, inputs]), ...(bias ? [vector(`${name}.bias`, outputs)] : [])];
}

function sizesOf(config: Config) {
  const number = (key: string) => config[key] as number;
  const [width, heads] = [number('hidden_size'), number('num_attention_heads')];
  const headDim = (config.head_dim as number | undefined) ?? width / heads;
  const queries = heads * headDim;
  const keys = number('num_key_value_heads') * headDim;
  const [inner, vocab, layers] = [number('intermediate_size'), number('vocab_size'), number('num_hidden_layers')];
  return { width, headDim, queries, keys, inner, vocab, layers };
}

const AROUND = [
  'input_layernorm',
  'post_attention_layernorm',
  'pre_feedforward_layernorm',
  'post_feedforward_layernorm',
];
/** Norms of the layers that are not Llama's two. */
const LAYER_NORMS: Readonly<Record<string, readonly string[]>> = {
  olmo: [],
  olmo2: ['post_attention_layernorm', 'post_feedforward_layernorm'],
  olmo3: ['post_attention_layernorm', 'post_feedforward_layernorm'],
  gemma2: AROUND,
  gemma3_text: AROUND,
  cohere: ['input_layernorm'],
};

/** Llama and what is named like it. */
function llamaTensors(config: Config, prefix: string): SeededTensor[] {
  const { width, headDim, queries, keys, inner, vocab, layers } = sizesOf(config);
  const type = String(config.model_type);
  // Gemma keeps norms minus one; these make its layers count beside its scaled embeddings.
  const centre = type.startsWith('gemma') ? 1.5 : 0.9;
  const qkvBias = type === 'qwen2' || config.attention_bias || config.use_qkv_bias || config.use_bias;
  const otherBias = config.attention_bias || config.use_bias;
  const feedForwardBias = config.mlp_bias || config.use_bias;
  const ownNorms = LAYER_NORMS[type] ?? ['input_layernorm', 'post_attention_layernorm'];
  const norms = config.use_parallel_residual ? ['input_layernorm'] : ownNorms;
  const hasNormBias = type === 'starcoder2' || type === 'stablelm';
  const norm = (name: string, size = width) => [
    vector(`${name}.weight`, size, centre),
    ...(hasNormBias ? [vector(`${name}.bias`, size, 0)] : []),
  ];
  const queryKeyNorms = (name: string) => {
    const each = type === 'qwen3' || type === 'gemma3_text';
    if (!each && type !== 'olmo2' && type !== 'olmo3') return [];
    return [...norm(`${name}.q_norm`, each ? headDim : queries), ...norm(`${name}.k_norm`, each ? headDim : keys)];
  };
  const projections = (name: string) =>
    type === 'phi3'
      ? linear(`${name}.qkv_proj`, queries + 2 * keys, width, false)
      : [
          ...linear(`${name}.q_proj`, queries, width, qkvBias),
          ...linear(`${name}.k_proj`, keys, width, qkvBias),
          ...linear(`${name}.v_proj`, keys, width, qkvBias),
        ];
  const feedForward = (name: string) => {
    if (type === 'starcoder2') {
      return [...linear(`${name}.c_fc`, inner, width, true), ...linear(`${name}.c_proj`, width, inner, true)];
    }
    const widen =
      type === 'phi3'
        ? linear(`${name}.gate_up_proj`, 2 * inner, width, false)
        : ['gate', 'up'].flatMap((part) => linear(`${name}.${part}_proj`, inner, width, feedForwardBias));
    return [...widen, ...linear(`${name}.down_proj`, width, inner, feedForwardBias)];
  };
  const layer = (name: string): SeededTensor[] => [
    ...norms.slice(0, 1).flatMap((part) => norm(`${name}.${part}`)),
    ...projections(`${name}.self_attn`),
    ...linear(`${name}.self_attn.o_proj`, width, queries, otherBias),
    ...queryKeyNorms(`${name}.self_attn`),
    ...norms.slice(1).flatMap((part) => norm(`${name}.${part}`)),
    ...feedForward(`${name}.mlp`),
  ];
  return [
    matrix(`${prefix}.embed_tokens.weight`, [vocab, width]),
    ...Array.from({ length: layers }, (_, index) => layer(`${prefix}.layers.${index}`)).flat(),
    ...(type === 'olmo' ? [] : norm(`${prefix}.norm`)),
  ];
}

function gpt2Tensors(config: Config, prefix: string): SeededTensor[] {
  const number = (key: string) => config[key] as number;
  const [vocab, width, layers] = [number('vocab_size'), number('n_embd'), number('n_layer')];
  const inner = (config.n_inner as number | null) ?? 4 * width;
  const bias = (name: string, size: number) => vector(`${name}.bias`, size, 0);
  const norm = (name: string) => [vector(`${name}.weight`, width), bias(name, width)];
  const conv = (name: string, inputs: number, outputs: number) => [
    matrix(`${name}.weight`, [inputs, outputs]),
    bias(name, outputs),
  ];
  const layer = (name: string) => [
    ...norm(`${name}.ln_1`),
    ...conv(`${name}.attn.c_attn`, width, 3 * width),
    ...conv(`${name}.attn.c_proj`, width, width),
    ...norm(`${name}.ln_2`),
    ...conv(`${name}.mlp.c_fc`, width, inner),
    ...conv(`${name}.mlp.c_proj`, inner, width),
  ];
  return [
    matrix(`${prefix}wte.weight`, [vocab, width]),
    matrix(`${prefix}wpe.weight`, [number('n_positions'), width]),
    ...Array.from({ length: layers }, (_, index) => layer(`${prefix}h.${index}`)).flat(),
    ...norm(`${prefix}ln_f`),
  ];
}

function gptNeoxTensors(config: Config): SeededTensor[] {
  const number = (key: string) => config[key] as number;
  const [vocab, width, inner] = [number('vocab_size'), number('hidden_size'), number('intermediate_size')];
  const dense = (name: string, outputs: number, inputs: number, hasBias: boolean) => [
    matrix(`${name}.weight`, [outputs, inputs]),
    ...(hasBias ? [vector(`${name}.bias`, outputs, 0)] : []),
  ];
  const norm = (name: string) => [vector(`${name}.weight`, width), vector(`${name}.bias`, width, 0)];
  const attentionBias = config.attention_bias !== false;
  const layer = (name: string) => [
    ...norm(`${name}.input_layernorm`),
    ...norm(`${name}.post_attention_layernorm`),
    ...dense(`${name}.attention.query_key_value`, 3 * width, width, attentionBias),
    ...dense(`${name}.attention.dense`, width, width, attentionBias),
    ...dense(`${name}.mlp.dense_h_to_4h`, inner, width, true),
    ...dense(`${name}.mlp.dense_4h_to_h`, width, inner, true),
  ];
  const layers = Array.from({ length: number('num_hidden_layers') }, (_, index) => layer(`gpt_neox.layers.${index}`));
  return [matrix('gpt_neox.embed_in.weight', [vocab, width]), ...layers.flat(), ...norm('gpt_neox.final_layer_norm')];
}

/** Where a checkpoint that is not like transformers' own keeps its model and its head. */
export interface Places {
  readonly prefix?: string;
  readonly head?: string;
  /** A head of its own beside tied embeddings. */
  readonly hasHead?: boolean;
}

export function tensorsOf(config: Config, places: Places = {}): SeededTensor[] {
  const type = config.model_type;
  const [vocab, width] = [config.vocab_size as number, (config.n_embd ?? config.hidden_size) as number];
  const model =
    type === 'gpt2'
      ? gpt2Tensors(config, places.prefix ?? 'transformer.')
      : type === 'gpt_neox'
        ? gptNeoxTensors(config)
        : llamaTensors(config, places.prefix ?? 'model');
  const hasHead = !config.tie_word_embeddings || places.hasHead;
  return hasHead ? [...model, matrix(`${places.head ?? 'lm_head'}.weight`, [vocab, width])] : model;
}

/**
 * Tiny checkpoints made from a seed: the same bytes on every machine, so values recorded once from transformers stay comparable
 * without a single weight in the repository.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../src/embedded/sampling.ts';

export type Dtype = 'F32' | 'F16' | 'BF16';

export interface SeededCheckpoint {
  readonly config: Readonly<Record<string, unknown>>;
  readonly dtype: Dtype;
  /** Number of safetensors files; more than one get an index. */
  readonly shards: number;
}

const BASE = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_act: 'silu',
  vocab_size: 1024,
  hidden_size: 48,
  intermediate_size: 112,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  max_position_embeddings: 128,
  rms_norm_eps: 1e-5,
  tie_word_embeddings: true,
  bos_token_id: null,
  eos_token_id: 0,
};

const LLAMA3 = { factor: 8, low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 32 };

/** Every setting of Llama that changes the graph, in the spellings of transformers 4 and 5. */
export const VARIANTS: Readonly<Record<string, SeededCheckpoint>> = {
  plain: { config: { ...BASE, rope_theta: 10_000 }, dtype: 'F32', shards: 1 },
  untied_with_biases: {
    config: {
      ...BASE,
      tie_word_embeddings: false,
      attention_bias: true,
      mlp_bias: true,
      head_dim: 20,
      num_key_value_heads: 1,
      rope_parameters: { rope_type: 'default', rope_theta: 500_000 },
    },
    dtype: 'F32',
    shards: 2,
  },
  llama3_rope: {
    config: {
      ...BASE,
      num_key_value_heads: 4,
      rope_parameters: { rope_type: 'llama3', rope_theta: 10_000, ...LLAMA3 },
    },
    dtype: 'BF16',
    shards: 1,
  },
  llama3_rope_old_spelling: {
    config: { ...BASE, rope_theta: 10_000, rope_scaling: { rope_type: 'llama3', ...LLAMA3 } },
    dtype: 'F32',
    shards: 1,
  },
  linear_rope_old_spelling: {
    config: { ...BASE, rope_theta: 20_000, rope_scaling: { type: 'linear', factor: 4 } },
    dtype: 'F16',
    shards: 1,
  },
};

/** Writes the checkpoint into `directory` (made if needed) and returns it. */
export async function writeSeeded(name: string, directory: string): Promise<string> {
  const { config, dtype, shards } = VARIANTS[name] as SeededCheckpoint;
  await mkdir(directory, { recursive: true });
  const torchDtype = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype];
  await writeFile(join(directory, 'config.json'), JSON.stringify({ ...config, torch_dtype: torchDtype }));
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(new URL(`./recorded/tokenizer/${file}`, import.meta.url), join(directory, file));
  }
  const random = seededRandom(20_260);
  const tensors = shapesOf(config).map(([tensor, shape]) => ({ tensor, shape, bytes: fill(shape, dtype, random) }));
  const size = Math.ceil(tensors.length / shards);
  const weightMap: Record<string, string> = {};
  for (let shard = 0; shard < shards; shard++) {
    const part = tensors.slice(shard * size, (shard + 1) * size);
    const file = shards === 1 ? 'model.safetensors' : `model-0000${shard + 1}-of-0000${shards}.safetensors`;
    await writeFile(join(directory, file), safetensors(part, dtype));
    for (const { tensor } of part) weightMap[tensor] = file;
  }
  if (shards > 1) {
    const index = { metadata: {}, weight_map: weightMap };
    await writeFile(join(directory, 'model.safetensors.index.json'), JSON.stringify(index));
  }
  return directory;
}

function shapesOf(config: Readonly<Record<string, unknown>>): [string, number[]][] {
  const number = (key: string) => config[key] as number;
  const [vocab, width, inner] = [number('vocab_size'), number('hidden_size'), number('intermediate_size')];
  const dim = (config.head_dim as number | undefined) ?? width / number('num_attention_heads');
  const [queries, keys] = [number('num_attention_heads') * dim, number('num_key_value_heads') * dim];
  const linear = (name: string, out: number, input: number, bias: unknown): [string, number[]][] => [
    [`${name}.weight`, [out, input]],
    ...(bias ? [[`${name}.bias`, [out]] as [string, number[]]] : []),
  ];
  const layer = (name: string): [string, number[]][] => [
    [`${name}.input_layernorm.weight`, [width]],
    ...linear(`${name}.self_attn.q_proj`, queries, width, config.attention_bias),
    ...linear(`${name}.self_attn.k_proj`, keys, width, config.attention_bias),
    ...linear(`${name}.self_attn.v_proj`, keys, width, config.attention_bias),
    ...linear(`${name}.self_attn.o_proj`, width, queries, config.attention_bias),
    [`${name}.post_attention_layernorm.weight`, [width]],
    ...linear(`${name}.mlp.gate_proj`, inner, width, config.mlp_bias),
    ...linear(`${name}.mlp.up_proj`, inner, width, config.mlp_bias),
    ...linear(`${name}.mlp.down_proj`, width, inner, config.mlp_bias),
  ];
  return [
    ['model.embed_tokens.weight', [vocab, width]],
    ...Array.from({ length: number('num_hidden_layers') }, (_, index) => layer(`model.layers.${index}`)).flat(),
    ['model.norm.weight', [width]],
    ...(config.tie_word_embeddings ? [] : linear('lm_head', vocab, width, false)),
  ];
}

/** Norm weights near one, everything else spread enough that the best token is clear. */
function fill(shape: readonly number[], dtype: Dtype, random: () => number): Buffer {
  const count = shape.reduce((a, b) => a * b, 1);
  const buffer = Buffer.alloc(count * (dtype === 'F32' ? 4 : 2));
  const [centre, spread] = shape.length === 1 ? [0.9, 0.6] : [0, 0.5];
  for (let index = 0; index < count; index++) {
    const value = centre + spread * (random() - 0.5);
    if (dtype === 'F32') buffer.writeFloatLE(value, index * 4);
    else buffer.writeUInt16LE(dtype === 'BF16' ? bfloat16(value) : float16(value), index * 2);
  }
  return buffer;
}

const four = Buffer.alloc(4);

/** The upper half of the float: cut, not rounded, which is as good as any value. */
function bfloat16(value: number): number {
  four.writeFloatLE(value);
  return four.readUInt16LE(2);
}

/** Normal half-precision numbers only; the rest becomes zero. */
function float16(value: number): number {
  four.writeFloatLE(value);
  const bits = four.readUInt32LE();
  const exponent = ((bits >>> 23) & 255) - 112;
  return exponent <= 0 ? 0 : ((bits >>> 16) & 0x8000) | (exponent << 10) | ((bits >>> 13) & 0x3ff);
}

function safetensors(tensors: readonly { tensor: string; shape: number[]; bytes: Buffer }[], dtype: Dtype): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let offset = 0;
  for (const { tensor, shape, bytes } of tensors) {
    header[tensor] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...tensors.map(({ bytes }) => bytes)]);
}

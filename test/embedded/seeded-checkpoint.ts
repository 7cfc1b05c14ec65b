/**
 * Tiny checkpoints made from a seed: the same bytes on every machine, so values recorded once from transformers stay comparable
 * without a single weight in the repository.
 */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../src/embedded/decoding/sampling.ts';
import { type Places, type SeededTensor, tensorsOf } from './seeded-tensors.ts';

export type Dtype = 'F32' | 'F16' | 'BF16';

export interface SeededCheckpoint {
  readonly config: Readonly<Record<string, unknown>>;
  readonly dtype: Dtype;
  /** Number of safetensors files; more than one get an index. */
  readonly shards: number;
  /** Chosen so that the best token is nowhere a matter of rounding. */
  readonly seed?: number;
  readonly places?: Places;
  /** What is written as config.json where that is not `config` itself. */
  readonly writtenConfig?: Readonly<Record<string, unknown>>;
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
export function writeSeeded(name: string, directory: string): Promise<string> {
  return writeCheckpoint(VARIANTS[name] as SeededCheckpoint, directory);
}

export async function writeCheckpoint(checkpoint: SeededCheckpoint, directory: string): Promise<string> {
  const { config, dtype, shards, places, writtenConfig } = checkpoint;
  await mkdir(directory, { recursive: true });
  const torchDtype = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' }[dtype];
  await writeFile(
    join(directory, 'config.json'),
    JSON.stringify({ ...(writtenConfig ?? config), torch_dtype: torchDtype }),
  );
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    await copyFile(new URL(`./recorded/tokenizer/${file}`, import.meta.url), join(directory, file));
  }
  const random = seededRandom(checkpoint.seed ?? 20_260);
  const tensors = tensorsOf(config, places).map((tensor) => ({
    tensor: tensor.name,
    shape: tensor.shape,
    bytes: fill(tensor, dtype, random),
  }));
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

function fill({ shape, centre, spread }: SeededTensor, dtype: Dtype, random: () => number): Buffer {
  const count = shape.reduce((a, b) => a * b, 1);
  const buffer = Buffer.alloc(count * (dtype === 'F32' ? 4 : 2));
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

function safetensors(
  tensors: readonly { tensor: string; shape: readonly number[]; bytes: Buffer }[],
  dtype: Dtype,
): Buffer {
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

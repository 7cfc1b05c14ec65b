/** A model of SmolLM2-135M's shape with seeded weights, for machines without Python: its figures are the same, its words are not. */
import { closeSync, copyFileSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../../src/embedded/decoding/sampling.ts';

const CONFIG = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_act: 'silu',
  vocab_size: 49_152,
  hidden_size: 576,
  intermediate_size: 1536,
  num_hidden_layers: 30,
  num_attention_heads: 9,
  num_key_value_heads: 3,
  max_position_embeddings: 8192,
  rms_norm_eps: 1e-5,
  rope_theta: 100_000,
  tie_word_embeddings: true,
  bos_token_id: 0,
  eos_token_id: 0,
};

/** @returns the directory */
export function writeSmolShaped(directory: string): string {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(CONFIG));
  for (const file of ['tokenizer.json', 'tokenizer_config.json']) {
    const source = new URL(`../../../fixtures/base/checkpoint-960/${file}`, import.meta.url);
    copyFileSync(fileURLToPath(source), join(directory, file));
  }
  const { hidden_size: width, intermediate_size: inner, vocab_size: vocabulary } = CONFIG;
  const layers = Array.from({ length: CONFIG.num_hidden_layers }, (_, layer): [string, number[]][] => {
    const name = `model.layers.${layer}`;
    return [
      [`${name}.input_layernorm.weight`, [width]],
      [`${name}.post_attention_layernorm.weight`, [width]],
      ...['q', 'o'].map((part): [string, number[]] => [`${name}.self_attn.${part}_proj.weight`, [width, width]]),
      ...['k', 'v'].map((part): [string, number[]] => [`${name}.self_attn.${part}_proj.weight`, [width / 3, width]]),
      ...['gate', 'up'].map((part): [string, number[]] => [`${name}.mlp.${part}_proj.weight`, [inner, width]]),
      [`${name}.mlp.down_proj.weight`, [width, inner]],
    ];
  });
  const tensors: [string, number[]][] = [
    ['model.embed_tokens.weight', [vocabulary, width]],
    ['model.norm.weight', [width]],
    ...layers.flat(),
  ];
  const header: Record<string, unknown> = {};
  let offset = 0;
  const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  for (const [name, shape] of tensors) {
    const end = offset + 4 * sizeOf(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, end] };
    offset = end;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = openSync(join(directory, 'model.safetensors'), 'w');
  writeSync(file, Buffer.concat([length, text]));
  const random = seededRandom(5);
  for (const [, shape] of tensors) {
    const values = new Float32Array(sizeOf(shape));
    for (let at = 0; at < values.length; at++) values[at] = shape.length === 1 ? 1 : 0.14 * (random() - 0.5);
    writeSync(file, Buffer.from(values.buffer));
  }
  closeSync(file);
  return directory;
}

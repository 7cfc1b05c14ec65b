/** Tiny LoRA adapters made from a seed, with the names and the configuration that PEFT writes, over the seeded checkpoints. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom } from '../../src/embedded/decoding/sampling.ts';
import { writeSeeded } from './seeded-checkpoint.ts';

export interface SeededAdapter {
  /** Name of the seeded checkpoint below it. */
  readonly base: 'plain' | 'untied_with_biases';
  readonly config: Readonly<Record<string, unknown>>;
  /** Name below `base_model.model.` -> shape. */
  readonly tensors: Readonly<Record<string, readonly number[]>>;
}

/** Sizes of the bases: [outputs, inputs] of every linear layer. */
const LINEAR = {
  plain: { q: [48, 48], k: [24, 48], v: [24, 48], o: [48, 48], gate: [112, 48], up: [112, 48], down: [48, 112] },
  untied_with_biases: {
    q: [80, 48],
    k: [20, 48],
    v: [20, 48],
    o: [48, 80],
    gate: [112, 48],
    up: [112, 48],
    down: [48, 112],
  },
} as const;
type Part = keyof (typeof LINEAR)['plain'];
const PARTS = Object.keys(LINEAR.plain) as Part[];

const home = (part: Part) => (['q', 'k', 'v', 'o'].includes(part) ? 'self_attn' : 'mlp');

/** A and B of the given parts of every layer, each of the rank given, and DoRA's magnitudes where asked for. */
function lora(
  base: SeededAdapter['base'],
  parts: readonly Part[],
  rankOf: (layer: number, part: Part) => number,
  withMagnitude = false,
): Record<string, number[]> {
  const tensors: Record<string, number[]> = {};
  for (let layer = 0; layer < 3; layer++) {
    for (const part of parts) {
      const [outputs, inputs] = LINEAR[base][part];
      const name = `model.layers.${layer}.${home(part)}.${part}_proj`;
      tensors[`${name}.lora_A.weight`] = [rankOf(layer, part), inputs];
      tensors[`${name}.lora_B.weight`] = [outputs, rankOf(layer, part)];
      if (withMagnitude) tensors[`${name}.lora_magnitude_vector`] = [outputs];
    }
  }
  return tensors;
}

const biases: Record<string, number[]> = {};
for (let layer = 0; layer < 3; layer++) {
  for (const part of PARTS) {
    const name = `model.layers.${layer}.${home(part)}.${part}_proj`;
    biases[`${name}${part === 'q' ? '.base_layer' : ''}.bias`] = [LINEAR.untied_with_biases[part][0]];
  }
}

const embedding = (rank: number, rows = 1024) => ({
  'model.embed_tokens.lora_embedding_A': [rank, rows],
  'model.embed_tokens.lora_embedding_B': [48, rank],
});

const targets = (parts: readonly Part[]) => parts.map((part) => `${part}_proj`);

export const ADAPTERS: Readonly<Record<string, SeededAdapter>> = {
  every_linear: {
    base: 'plain',
    config: { r: 4, lora_alpha: 8, target_modules: targets(PARTS) },
    tensors: lora('plain', PARTS, () => 4),
  },
  patterns_and_rslora: {
    base: 'plain',
    config: {
      r: 4,
      lora_alpha: 8,
      use_rslora: true,
      target_modules: targets(PARTS),
      // The first pattern that the path ends with counts; a name that merely contains it does not.
      rank_pattern: { 'layers.1.self_attn.q_proj': 2, v_proj: 3, 'proj.q': 9 },
      alpha_pattern: { '^model.layers.0.mlp.up_proj': 2, 'self_attn\\.(k|o)_proj': 5, self_attn: 100 },
      layers_to_transform: null,
    },
    tensors: lora('plain', PARTS, (layer, part) => (part === 'v' ? 3 : layer === 1 && part === 'q' ? 2 : 4)),
  },
  embedding_of_tied: {
    base: 'plain',
    config: { r: 2, lora_alpha: 6, target_modules: ['embed_tokens', 'q_proj'] },
    tensors: { ...lora('plain', ['q'], () => 2), ...embedding(2) },
  },
  head_of_tied: {
    base: 'plain',
    config: { r: 2, lora_alpha: 6, target_modules: ['lm_head'] },
    tensors: { 'lm_head.lora_A.weight': [2, 48], 'lm_head.lora_B.weight': [1024, 2] },
  },
  saved_embedding_of_tied: {
    base: 'plain',
    config: { r: 2, lora_alpha: 6, target_modules: ['v_proj'], modules_to_save: ['embed_tokens', 'model.norm'] },
    tensors: { ...lora('plain', ['v'], () => 2), 'model.embed_tokens.weight': [1024, 48], 'model.norm.weight': [48] },
  },
  resized_vocabulary: {
    base: 'plain',
    config: { r: 2, lora_alpha: 6, target_modules: ['v_proj'], modules_to_save: ['embed_tokens', 'lm_head'] },
    tensors: {
      ...lora('plain', ['v'], () => 2),
      'model.embed_tokens.weight': [1030, 48],
      'lm_head.weight': [1030, 48],
    },
  },
  dora: {
    base: 'plain',
    config: { r: 3, lora_alpha: 6, use_dora: true, target_modules: [...targets(PARTS), 'embed_tokens'] },
    tensors: {
      ...lora('plain', PARTS, () => 3, true),
      ...embedding(3),
      'model.embed_tokens.lora_magnitude_vector': [48],
    },
  },
  biases_and_head: {
    base: 'untied_with_biases',
    config: { r: 2, lora_alpha: 4, bias: 'all', target_modules: ['q_proj', 'lm_head'] },
    tensors: {
      ...lora('untied_with_biases', ['q'], () => 2),
      'lm_head.lora_A.weight': [2, 48],
      'lm_head.lora_B.weight': [1024, 2],
      ...biases,
    },
  },
  lora_bias: {
    base: 'untied_with_biases',
    config: { r: 2, lora_alpha: 4, lora_bias: true, target_modules: ['o_proj'] },
    tensors: {
      ...lora('untied_with_biases', ['o'], () => 2),
      ...Object.fromEntries([0, 1, 2].map((layer) => [`model.layers.${layer}.self_attn.o_proj.lora_B.bias`, [48]])),
    },
  },
  single_tokens: {
    base: 'plain',
    config: { r: 2, lora_alpha: 4, target_modules: ['q_proj'], trainable_token_indices: [48, 85, 1000] },
    tensors: {
      ...lora('plain', ['q'], () => 2),
      'model.embed_tokens.token_adapter.trainable_tokens_delta': [3, 48],
    },
  },
};

/** Writes adapter `name` into `directory` and its base into `base`; returns the adapter's directory. */
export async function writeSeededAdapter(name: string, directory: string, base: string): Promise<string> {
  const adapter = ADAPTERS[name] as SeededAdapter;
  await writeSeeded(adapter.base, base);
  await writeAdapter(directory, base, adapter.config, adapter.tensors);
  return directory;
}

export async function writeAdapter(
  directory: string,
  base: string | null,
  config: Readonly<Record<string, unknown>>,
  tensors: SeededAdapter['tensors'],
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const whole = { peft_type: 'LORA', task_type: 'CAUSAL_LM', base_model_name_or_path: base, ...config };
  await writeFile(join(directory, 'adapter_config.json'), JSON.stringify(whole));
  const random = seededRandom(77);
  const parts = Object.entries(tensors).map(([name, shape]) => ({
    name: `base_model.model.${name}`,
    shape,
    bytes: values(name, shape, random),
  }));
  await writeFile(join(directory, 'adapter_model.safetensors'), safetensorsOf(parts));
}

/** Large enough that forgetting any of them shows in the fourth decimal. */
function values(name: string, shape: readonly number[], random: () => number): Buffer {
  const [centre, spread] = name.includes('magnitude')
    ? [1.2, 0.8]
    : name.includes('norm')
      ? [0.9, 0.6]
      : name.includes('lora')
        ? [0, 0.6]
        : [0, 0.5];
  const floats = Float32Array.from(
    { length: shape.reduce((a, b) => a * b, 1) },
    () => centre + spread * (random() - 0.5),
  );
  return Buffer.from(floats.buffer);
}

/** fp32 tensors as one file; `padding` bytes in the header move the data to any offset. */
export function safetensorsOf(
  tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly bytes: Buffer;
    readonly dtype?: string;
  }[],
  padding = 0,
): Buffer {
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const { name, shape, bytes, dtype = 'F32' } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
  }
  const text = Buffer.from(JSON.stringify(header) + ' '.repeat(padding));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...tensors.map(({ bytes }) => bytes)]);
}

/** Every architecture against transformers, and what is refused by name. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { ACTIVATION_NAMES, activationOf } from '../../src/embedded/graph/activation.ts';
import { ARCHITECTURES } from '../../src/embedded/graph/architectures/index.ts';
import { GraphBuilder } from '../../src/embedded/graph/graph-builder.ts';
import { writeModel } from '../../src/embedded/graph/onnx-writer.ts';
import { loadModel } from '../../src/embedded/load-model.ts';
import { LOAD, testAgainst } from './against-recorded.ts';
import { ARCHITECTURE_VARIANTS } from './architecture-variants.ts';
import { recordedArchitectures } from './recorded/recorded.ts';
import { type SeededCheckpoint, VARIANTS, writeCheckpoint } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const truthOf = (name: string) => recordedArchitectures.models[name]!;
const variant = (name: string) => ARCHITECTURE_VARIANTS[name]!;

describe.each(Object.keys(ARCHITECTURE_VARIANTS))('%s', (name) => {
  testAgainst(truthOf(name), (directory) => writeCheckpoint(variant(name), directory));
});

/** Names that other writers of checkpoints use: the same weights, so the same answers. */
const gemma = variant('gemma3');
const nested: SeededCheckpoint = {
  ...gemma,
  writtenConfig: { model_type: 'gemma3', eos_token_id: 0, text_config: gemma.config, vision_config: {} },
};
const OTHERS: Record<string, [string, SeededCheckpoint]> = {
  'gemma3 with eyes, as published': ['gemma3', { ...nested, places: { prefix: 'language_model.model' } }],
  'gemma3 with eyes, as transformers 5 names it': ['gemma3', { ...nested, places: { prefix: 'model.language_model' } }],
  'gemma3 stripped to its text': ['gemma3', nested],
  'gpt2 without a prefix': ['gpt2', { ...variant('gpt2'), places: { prefix: '' } }],
  'gpt2 with the usual names of sizes': [
    'gpt2',
    { ...variant('gpt2'), writtenConfig: usualNames(variant('gpt2').config) },
  ],
  'gpt_neox with its head as lm_head': ['gpt_neox', { ...variant('gpt_neox'), places: {} }],
  ministral: [
    'mistral_some_windows',
    {
      ...variant('mistral_some_windows'),
      writtenConfig: { ...variant('mistral_some_windows').config, model_type: 'ministral' },
    },
  ],
  'phi3 with its windows named': [
    'phi3_window',
    {
      ...variant('phi3_window'),
      writtenConfig: { ...variant('phi3_window').config, layer_types: Array(3).fill('sliding_attention') },
    },
  ],
};

describe.each(Object.entries(OTHERS))('%s', (_name, [recording, checkpoint]) => {
  testAgainst(truthOf(recording), (directory) => writeCheckpoint(checkpoint, directory));
});

test('every architecture is compared with transformers', () => {
  const compared = [
    ...Object.values(ARCHITECTURE_VARIANTS),
    ...Object.values(OTHERS).map(([, checkpoint]) => checkpoint),
  ];
  const types = new Set(compared.map(({ config, writtenConfig }) => (writtenConfig ?? config).model_type));
  expect(types).toEqual(new Set(ARCHITECTURES.map(({ modelType }) => modelType)));
});

const { x, y } = recordedArchitectures.activations;

test.each(ACTIVATION_NAMES)('activation %s is what transformers computes', async (name) => {
  const graph = new GraphBuilder(new Map(), String);
  const activation = activationOf({ hidden_act: name });
  const input = graph.node('Identity', [graph.input('x', 'float32', [x.length])]);
  graph.output('y', graph.node('Identity', [activation(graph, input)]), 'float32', [x.length]);
  const session = await InferenceSession.create(writeModel(graph.finish()), { logSeverityLevel: 3 });
  const out = await session.run({ x: new Tensor('float32', Float32Array.from(x), [x.length]) });
  const difference = Array.from(out.y?.data as Float32Array, (value, index) => Math.abs(value - y[name]![index]!));
  expect(Math.max(...difference)).toBeLessThan(2e-6);
});

const LLAMA = VARIANTS.plain!;
const rope = (settings: Record<string, unknown>) => ({ rope_scaling: settings });

test.each<[string, Record<string, unknown>, RegExp]>([
  ['an unknown model_type', { model_type: 'mamba' }, /cannot run model_type "mamba" \(it can: llama, mistral,/],
  ['no model_type', { model_type: undefined }, /cannot run model_type "undefined"/],
  ['quantised weights', { quantization_config: { quant_method: 'gptq' } }, /weights quantised by gptq/],
  ['an unknown activation', { hidden_act: 'snake' }, /activation "snake"/],
  ['an unknown rope kind', rope({ rope_type: 'spiral', factor: 2 }), /rope scaling "spiral"/],
  [
    'rope by layer types where there are none',
    { rope_parameters: { full_attention: {} } },
    /differ from layer to layer/,
  ],
  [
    'an unknown type of layer',
    { model_type: 'qwen2', layer_types: Array(3).fill('linear_attention') },
    /linear_attention/,
  ],
  ['too few types of layers', { model_type: 'qwen2', layer_types: ['full_attention'] }, /one for each of 3 layers/],
  [
    'a window that is switched off and used',
    { model_type: 'qwen2', layer_types: Array(3).fill('sliding_attention') },
    /use_sliding_window is off/,
  ],
  ['cross-attention', { model_type: 'gpt2', add_cross_attention: true }, /cross-attention/],
  ['attention in both directions', { model_type: 'gemma2', use_bidirectional_attention: true }, /both directions/],
  [
    'longrope without its factors',
    rope({ rope_type: 'longrope', short_factor: [1] }),
    /short_factor for each of its 6/,
  ],
])('%s is refused by name, with the engines that can', async (_name, settings, sentence) => {
  await using directory = await temporaryDirectory();
  const checkpoint = { ...LLAMA, writtenConfig: { ...LLAMA.config, ...settings } };
  await expect(loadModel(await writeCheckpoint(checkpoint, directory.path), LOAD)).rejects.toMatchObject({
    code: 'LIBRA_ARCHITECTURE_UNSUPPORTED',
    message: expect.stringMatching(sentence),
    hint: expect.stringMatching(/vLLM, SGLang or another OpenAI-compatible server/),
  });
});

test.each<[string, Record<string, unknown>, RegExp]>([
  ['a missing size', { hidden_size: undefined }, /hidden_size = nothing/],
  ['a size that is no number', { num_hidden_layers: '3' }, /num_hidden_layers = "3"/],
  ['heads that do not share evenly', { num_key_value_heads: 3 }, /4 attention heads for 3 key-value heads/],
  ['a width the weights do not have', { intermediate_size: 100 }, /gate_proj\.weight is \[112,48\], but .* \[100,48\]/],
  ['a weight that is missing', { tie_word_embeddings: false }, /has no tensor lm_head\.weight/],
])('%s is called a broken checkpoint', async (_name, settings, sentence) => {
  await using directory = await temporaryDirectory();
  const checkpoint = { ...LLAMA, writtenConfig: { ...LLAMA.config, ...settings } };
  await expect(loadModel(await writeCheckpoint(checkpoint, directory.path), LOAD)).rejects.toMatchObject({
    code: 'LIBRA_CHECKPOINT_INVALID',
    message: expect.stringMatching(sentence),
  });
});

test('longrope ends where its angles would change', async () => {
  await using directory = await temporaryDirectory();
  const model = await loadModel(await writeCheckpoint(variant('llama_longrope'), directory.path), LOAD);
  expect(model.runtime.shape.maxLength).toBe(128);
});

/** GPT-2's sizes under the names other models give them. */
function usualNames(config: Readonly<Record<string, unknown>>) {
  const { n_embd, n_layer, n_head, n_positions, ...rest } = config;
  return {
    ...rest,
    hidden_size: n_embd,
    num_hidden_layers: n_layer,
    num_attention_heads: n_head,
    max_position_embeddings: n_positions,
  };
}

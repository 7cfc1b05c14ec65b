/** LoRA adapters over their base, against values recorded from peft; and how bases are found and wrong adapters refused. */
import { copyFile, cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/embedded/engine.ts';
import { openCheckpoint } from '../../src/embedded/open-checkpoint.ts';
import { expectMeasured } from './measure.ts';
import { recordedFile, recordedWeights } from './recorded/weights.ts';
import { ADAPTERS, writeAdapter, writeSeededAdapter } from './seeded-adapter.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const LOAD = { workDirectory: null, threads: 1, maxLength: null };

test.each(Object.keys(ADAPTERS))('%s gives the numbers of peft', async (name) => {
  await using directory = await temporaryDirectory();
  const adapter = join(directory.path, 'adapter');
  await writeSeededAdapter(name, adapter, join(directory.path, 'base'));
  const [before, after] = [await readdir(adapter), await loadEngine(adapter, LOAD)];
  await expectMeasured(after, recordedWeights.adapters[name]!);
  expect(await readdir(adapter)).toEqual(before);
});

describe('an adapter that peft wrote itself', () => {
  test('as safetensors, over a base that torch wrote, found relative to the adapter', async () => {
    await using directory = await temporaryDirectory();
    const home = await copyRecorded(directory.path);
    await expectMeasured(await loadEngine(join(home, 'peft-safetensors'), LOAD), recordedWeights.models.peft);
  });

  test('as adapter_model.bin', async () => {
    await using directory = await temporaryDirectory();
    const home = await copyRecorded(directory.path);
    const adapter = join(home, 'peft-safetensors');
    await rm(join(adapter, 'adapter_model.safetensors'));
    await copyFile(recordedFile('peft.bin'), join(adapter, 'adapter_model.bin'));
    await expectMeasured(await loadEngine(adapter, LOAD), recordedWeights.models.peft);
  });
});

/** The recorded base and adapter beside each other; the base with the tokenizer, which is not recorded twice. */
async function copyRecorded(directory: string): Promise<string> {
  await cp(recordedFile(''), directory, { recursive: true });
  const tokenizer = join(recordedFile(''), '../tokenizer');
  await cp(tokenizer, join(directory, 'sharded'), { recursive: true });
  return directory;
}

/** A small adapter of `config` over `base`, and what it is refused with. */
async function refusal(
  directory: string,
  config: Record<string, unknown>,
  tensors: Record<string, readonly number[]> = Q,
  baseModel: string | null = null,
): Promise<unknown> {
  const adapter = join(directory, 'adapter');
  await writeSeeded('plain', join(directory, 'base'));
  await writeAdapter(adapter, join(directory, 'base'), { r: 2, lora_alpha: 4, ...config }, tensors);
  return openCheckpoint(adapter, baseModel).then(
    () => 'was accepted',
    (error) => `${error.code}: ${error.message} ${error.hint}`,
  );
}

const Q = {
  'model.layers.0.self_attn.q_proj.lora_A.weight': [2, 48],
  'model.layers.0.self_attn.q_proj.lora_B.weight': [48, 2],
};

describe('what cannot be folded is refused by name', () => {
  test.each([
    [{ peft_type: 'IA3' }, /LIBRA_ARCHITECTURE_UNSUPPORTED.*"IA3".*merge_and_unload/],
    [{ peft_type: 'PROMPT_TUNING' }, /"PROMPT_TUNING"/],
    [{ layer_replication: [[0, 2]] }, /layer_replication/],
    [{ use_qalora: true }, /use_qalora/],
    [{ init_lora_weights: 'pissa_niter_4' }, /pissa_niter_4/],
    [{ alpha_pattern: { '(a+)+$': 3 } }, /involved/],
    [{ rank_pattern: { '[': 3 } }, /LIBRA_CHECKPOINT_INVALID.*impossible pattern/],
    [{ r: 'two' }, /LIBRA_CHECKPOINT_INVALID.*configuration of an adapter/],
    [{ r: 3 }, /q_proj.*rank 3/],
    [{ use_dora: true }, /lora_magnitude_vector/],
  ])('%j', async (config, sentence) => {
    await using directory = await temporaryDirectory();
    expect(await refusal(directory.path, config)).toMatch(sentence);
  });

  test.each([
    [{ 'model.layers.0.self_attn.q_proj.lora_A.weight': [2, 48] }, /no lora_B for "model.layers.0.self_attn.q_proj"/],
    [{ 'model.layers.0.self_attn.q_proj.lora_B.weight': [48, 2] }, /no lora_A for/],
    [
      { 'model.layers.9.mlp.up_proj.lora_A.weight': [2, 48], 'model.layers.9.mlp.up_proj.lora_B.weight': [112, 2] },
      /"model.layers.9.mlp.up_proj.weight".*names no tensor of the base/,
    ],
    [
      {
        'model.layers.0.self_attn.q_proj.lora_A.weight': [2, 40],
        'model.layers.0.self_attn.q_proj.lora_B.weight': [48, 2],
      },
      /the base model's weight is \[48,48\]/,
    ],
    [{ 'model.norm.weight': [40] }, /"model.norm.weight".*is \[40\], but the base model has \[48\]/],
    [{ 'score.weight': [2, 48] }, /"score.weight".*names no tensor/],
    [{ 'model.layers.0.self_attn.q_proj.lora_C.weight': [2, 2] }, /lora_C/],
    [
      { 'model.embed_tokens.weight': [1030, 48], 'lm_head.weight': [1028, 48] },
      /has 1028 tokens, but the embedding 1030/,
    ],
  ])('%j', async (tensors, sentence) => {
    await using directory = await temporaryDirectory();
    expect(await refusal(directory.path, {}, tensors as Record<string, number[]>)).toMatch(sentence);
  });

  test('an adapter over an adapter', async () => {
    await using directory = await temporaryDirectory();
    const lower = join(directory.path, 'lower');
    await writeAdapter(lower, null, { r: 2 }, Q);
    await writeFile(join(lower, 'config.json'), '{"model_type": "llama"}');
    expect(await refusal(directory.path, {}, Q, lower)).toMatch(/is an adapter itself/);
  });
});

test('names with an adapter name, a wrapper in front, and original copies beside them are understood', async () => {
  await using directory = await temporaryDirectory();
  const adapter = join(directory.path, 'adapter');
  await writeSeeded('plain', join(directory.path, 'base'));
  const layer = '_orig_mod.model.layers.0.self_attn';
  await writeAdapter(
    adapter,
    join(directory.path, 'base'),
    { r: 2, lora_alpha: 4 },
    {
      [`${layer}.q_proj.lora_A.default.weight`]: [2, 48],
      [`${layer}.q_proj.lora_B.default.weight`]: [48, 2],
      '_orig_mod.model.norm.modules_to_save.default.weight': [48],
      '_orig_mod.model.norm.original_module.weight': [48],
    },
  );
  const { weights } = await openCheckpoint(adapter, null);
  expect(weights.get('model.layers.0.self_attn.q_proj.weight')?.adaptation).toMatchObject({ scale: 2 });
  expect(weights.get('model.norm.weight')?.file).toMatch(/adapter_model/);
});

describe('the base model', () => {
  test('is found in the cache of huggingface_hub, by name and revision', async () => {
    await using directory = await temporaryDirectory();
    const repository = join(directory.path, 'hub/models--tiny-org--plain');
    await writeSeeded('plain', join(repository, 'snapshots/abc123'));
    await mkdir(join(repository, 'snapshots/other'));
    await mkdir(join(repository, 'refs'));
    await writeFile(join(repository, 'refs/main'), 'abc123');
    const adapter = join(directory.path, 'adapter');
    await writeAdapter(adapter, 'tiny-org/plain', { r: 2, lora_alpha: 4 }, Q);
    const old = process.env.HF_HOME;
    process.env.HF_HOME = directory.path;
    try {
      const { directories } = await openCheckpoint(adapter, null);
      expect(directories).toEqual([adapter, join(repository, 'snapshots/abc123')]);
    } finally {
      if (old === undefined) delete process.env.HF_HOME;
      else process.env.HF_HOME = old;
    }
  });

  test('is the one that the user names, before the one the adapter names', async () => {
    await using directory = await temporaryDirectory();
    await writeAdapter(join(directory.path, 'adapter'), '/nowhere', { r: 2, lora_alpha: 4 }, Q);
    const base = await writeSeeded('plain', join(directory.path, 'elsewhere'));
    const { directories } = await openCheckpoint(join(directory.path, 'adapter'), base);
    expect(directories[1]).toBe(base);
  });

  test.each([
    ['/nowhere/base', /LIBRA_BASE_MODEL_MISSING.*looked in \/nowhere\/base\).*--base-model DIR/],
    ['some-org/some-model', /models--some-org--some-model.*--base-model DIR/],
    ['../../../../etc', /was not found/],
  ])('%s is not found, and where was looked is said', async (name, sentence) => {
    await using directory = await temporaryDirectory();
    await writeAdapter(join(directory.path, 'adapter'), name, { r: 2 }, Q);
    const error = await openCheckpoint(join(directory.path, 'adapter'), null).catch((cause) => cause);
    expect(`${error.code}: ${error.message} ${error.hint}`).toMatch(sentence);
  });

  test('gives the tokenizer where the adapter has none of its own', async () => {
    await using directory = await temporaryDirectory();
    const adapter = join(directory.path, 'adapter');
    await writeSeededAdapter('every_linear', adapter, join(directory.path, 'base'));
    const plain = await loadEngine(adapter, LOAD);
    const file = join(directory.path, 'base/tokenizer.json');
    const tokenizer = JSON.parse(await readFile(file, 'utf8'));
    const added = {
      id: 1024,
      content: '<|new|>',
      special: true,
      normalized: false,
      lstrip: false,
      rstrip: false,
      single_word: false,
    };
    tokenizer.added_tokens.push(added);
    await writeFile(join(adapter, 'tokenizer.json'), JSON.stringify(tokenizer));
    const own = await loadEngine(adapter, LOAD);
    expect(plain.tokenizer.encode('<|new|>')).not.toEqual([1024]);
    expect(own.tokenizer.encode('<|new|>')).toEqual([1024]);
  });
});

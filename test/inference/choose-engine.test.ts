/** Which engine is chosen, why, and what is said when there is none. */
import { describe, expect, it } from 'vitest';
import { chooseEngines, whyNot } from '../../src/inference/choose-engine.ts';
import type { EngineAbilities, EngineStanding, StartedEngine } from '../../src/inference/engine.ts';
import { embeddedEngine } from '../../src/inference/engines/embedded.ts';
import type { ModelFacts } from '../../src/inference/model-facts.ts';
import { NO_FRAME } from '../../src/inference/text-frame.ts';
import { ANY_MODEL } from '../fakes/start-fake-engine.ts';

const LLAMA: ModelFacts = {
  modelType: 'llama',
  architectures: ['LlamaForCausalLM'],
  dtype: 'bfloat16',
  quantization: null,
  maxPositions: 256,
  prefixTokenId: 0,
  frame: NO_FRAME,
  format: 'safetensors',
  parameters: 1e6,
  adapter: null,
};
const FOUND: EngineStanding = { isUsable: true, version: '1', where: 'here' };
const MISSING: EngineStanding = {
  isUsable: false,
  because: 'missing',
  reason: 'it is not installed',
  hint: 'Install.',
};
const LLAMA_ONLY: EngineAbilities = {
  ...ANY_MODEL,
  architectures: ['llama'],
  formats: ['safetensors'],
  adapters: false,
  quantised: false,
};

function engine(name: string, abilities: EngineAbilities, more: Partial<StartedEngine> = {}): StartedEngine {
  return {
    ...{ kind: 'started', name, about: '', hasDevices: false, abilities },
    hesitates: () => null,
    look: async () => FOUND,
    command: () => Promise.reject(new Error('not started here')),
    ...more,
  };
}

async function choices(wanted: string, model: ModelFacts, engines: readonly StartedEngine[]) {
  const all: [string, string][] = [];
  for await (const { engine: chosen, reason } of chooseEngines(wanted, model, engines)) all.push([chosen.name, reason]);
  return all;
}

describe('auto', () => {
  it('takes the first that can, and looks at no other machine part before it is needed', async () => {
    let looked = 0;
    const other = engine('vllm', ANY_MODEL, {
      look: async () => {
        looked++;
        return FOUND;
      },
    });
    const generator = chooseEngines('auto', LLAMA, [engine('embedded', LLAMA_ONLY), other]);
    expect((await generator.next()).value).toMatchObject({
      engine: { name: 'embedded' },
      reason: 'it runs llama here',
    });
    expect(looked).toBe(0);
    // Only if embedded then turns the checkpoint down.
    expect((await generator.next()).value).toMatchObject({
      engine: { name: 'vllm' },
      reason: 'it runs llama here; embedded: it turned the checkpoint down',
    });
    expect(looked).toBe(1);
  });

  it.each([
    ['another architecture', { modelType: 'mamba' }, /model_type "mamba" is none of its architectures \(llama\)/],
    ['quantised weights', { quantization: 'gptq' }, /quantised \(gptq\)/],
    ['weights saved by torch', { format: 'pytorch' }, /saved as pytorch/],
    ['an adapter', { adapter: { base: '/base', rank: 8 } }, /adapters/],
  ] as const)('passes over an engine that does not declare %s, and says so', async (_name, facts, why) => {
    const engines = [engine('embedded', LLAMA_ONLY), engine('vllm', ANY_MODEL)];
    const [first, ...rest] = await choices('auto', { ...LLAMA, ...facts }, engines);
    expect(first?.[0]).toBe('vllm');
    expect(first?.[1]).toMatch(why);
    expect(rest).toEqual([]);
  });

  it('prefers an engine that was given devices, and leaves one that hesitates for the last', async () => {
    const embedded = engine('embedded', LLAMA_ONLY, { hesitates: () => 'it needs 99 GB' });
    expect((await choices('auto', LLAMA, [embedded, engine('vllm', ANY_MODEL)])).map(([name]) => name)).toEqual([
      'vllm',
      'embedded',
    ]);
    const [alone] = await choices('auto', LLAMA, [embedded, engine('vllm', ANY_MODEL, { look: async () => MISSING })]);
    expect(alone).toEqual(['embedded', 'it runs llama here, although it needs 99 GB; vllm: it is not installed']);
    const withDevices = engine('vllm', ANY_MODEL, { hasDevices: true });
    expect((await choices('auto', LLAMA, [engine('embedded', LLAMA_ONLY), withDevices]))[0]).toEqual([
      'vllm',
      'it was given devices',
    ]);
  });

  it('names every reason when there is none', async () => {
    const engines = [engine('embedded', LLAMA_ONLY), engine('vllm', ANY_MODEL, { look: async () => MISSING })];
    await expect(choices('auto', { ...LLAMA, modelType: 'mamba' }, engines)).rejects.toMatchObject({
      code: 'LIBRA_ARCHITECTURE_UNSUPPORTED',
      message: expect.stringMatching(/"mamba"; embedded: .*; vllm: it is not installed/),
    });
  });
});

describe('a name', () => {
  it('is that engine or an error, never another', async () => {
    const engines = [engine('embedded', LLAMA_ONLY), engine('vllm', ANY_MODEL, { look: async () => MISSING })];
    expect(await choices('embedded', LLAMA, engines)).toEqual([['embedded', 'the one asked for']]);
    await expect(choices('vllm', LLAMA, engines)).rejects.toMatchObject({
      code: 'LIBRA_ENGINE_NOT_READY',
      hint: 'Install.',
    });
    await expect(choices('embedded', { ...LLAMA, modelType: 'mamba' }, engines)).rejects.toMatchObject({
      code: 'LIBRA_ARCHITECTURE_UNSUPPORTED',
    });
    await expect(choices('vlm', LLAMA, engines)).rejects.toMatchObject({ code: 'LIBRA_CONFIG_INVALID' });
    expect(await choices('http://127.0.0.1:1/v1', LLAMA, engines)).toEqual([
      ['openai-compatible', 'the address given'],
    ]);
  });
});

describe('the embedded engine', () => {
  const embedded = embeddedEngine(LLAMA_ONLY);
  it('hesitates where the weights do not fit into memory, with both numbers', () => {
    expect(embedded.hesitates(LLAMA)).toBeNull();
    expect(embedded.hesitates({ ...LLAMA, parameters: null })).toBeNull();
    expect(embedded.hesitates({ ...LLAMA, parameters: 1e12 })).toMatch(/needs about 6400.0 GB of memory and [\d.]+ GB/);
  });
  it('cannot say anything of a configuration without model_type', () => {
    expect(whyNot(embedded.abilities, { ...LLAMA, modelType: null })).toMatch(/model_type/);
  });
});

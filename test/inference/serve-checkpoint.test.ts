/** serveCheckpoint with real engine processes that work, crash, hang, lie and give NaN. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LoglikelihoodRequest } from '../../src/domain/request.ts';
import { openEngineRegistry } from '../../src/inference/engine-registry.ts';
import { type EngineSettings, serveCheckpoint } from '../../src/inference/serve-checkpoint.ts';
import { systemClock } from '../../src/system/clock.ts';
import { type Log, silentLog } from '../../src/system/log.ts';
import { identify, isAlive } from '../../src/system/process-tree.ts';
import { answersOnly } from '../fakes/answers-only.ts';
import { makeBareCheckpoint } from '../fakes/bare-checkpoint.ts';
import type { FakeEngineConfig, Faults } from '../fakes/fake-engine.ts';
import { fakeEngine, startFakeEngine } from '../fakes/start-fake-engine.ts';

const question: LoglikelihoodRequest = { type: 'loglikelihood', context: 'abc', continuation: 'def' };

type Place = Awaited<ReturnType<typeof makeBareCheckpoint>>;

interface Extras {
  readonly config?: FakeEngineConfig;
  readonly settings?: Partial<EngineSettings>;
  readonly log?: Log;
  readonly lines?: string[];
  readonly signal?: AbortSignal;
  readonly generatesOnly?: boolean;
}

function serve(
  place: Place,
  { config = {}, settings = {}, log = silentLog, lines = [], signal, generatesOnly }: Extras = {},
) {
  return serveCheckpoint({
    checkpoint: place.checkpoint,
    engine: { name: 'fake', niceness: 0, ...settings },
    workDirectory: place.workDirectory,
    log,
    clock: systemClock,
    engines: [fakeEngine(config)],
    registry: openEngineRegistry(join(place.directory, 'engines.json')),
    onProgress: ({ phase, message }) => lines.push(`${phase} ${message}`),
    ...(generatesOnly && { needs: ['generate_until'] }),
    ...(signal && { signal }),
  });
}

/** Faults that begin after the smoke test has passed. */
async function later(place: Place, faults: Faults): Promise<void> {
  const { createHttpClient } = await import('../../src/system/http.ts');
  const client = createHttpClient({ base: `unix:${join(place.workDirectory, 'fake.sock')}` });
  await client.sendJson({ method: 'POST', path: '/_faults', body: faults });
  client.close();
}

describe('an engine that Libra starts', () => {
  it('is proven, answers, and is stopped with its whole tree; the checkpoint is not written to', async () => {
    await using place = await makeBareCheckpoint();
    const lines: string[] = [];
    const before = await readdir(place.checkpoint.path);
    const served = await serve(place, { config: { grandchild: true, ignoreSigterm: true }, lines });
    expect(served.model.description).toEqual({
      ...{ engine: 'vllm', engineVersion: '0.29.0', dtype: 'float32', device: 'unknown' },
      ...{ maxLength: 2048, isVerified: true, reason: 'the one asked for' },
    });
    const [answer] = answersOnly(await served.model.loglikelihood([question]));
    expect(answer).toEqual({ logprob: expect.closeTo(-0.3, 10), isGreedy: true, tokens: 3 });
    const figures = await served.meter!.read();
    expect(figures.peakMemory).toEqual({ value: expect.any(Number) });
    expect((figures.peakMemory as { value: number }).value).toBeGreaterThan(20e6);
    expect(figures.load).toEqual({ value: expect.any(Number) });
    expect(lines.map((line) => line.split(' ')[0])).toContain('loading');
    expect(lines.at(-1)).toMatch(/^ready vllm/);

    const grandchild = identify(Number(lines.find((line) => line.includes('grandchild'))!.split(' ')[2]));
    expect(isAlive(grandchild)).toBe(true);
    await Promise.all([served.stop(), served.stop()]);
    expect(isAlive(grandchild)).toBe(false);
    expect(await readdir(place.checkpoint.path)).toEqual(before);
    await expect(served.model.loglikelihood([question])).rejects.toMatchObject({ code: 'LIBRA_ENGINE_FAILED' });
  }, 40_000);

  it.each([
    [['torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB'], 'LIBRA_MEMORY_SHORT', /memory/],
    [
      ['ValueError: Free memory on device (1/80 GiB) is less than desired GPU memory utilization'],
      'LIBRA_MEMORY_SHORT',
      /occupied/,
    ],
    [
      ["ValueError: Model architectures ['MambaForCausalLM'] are not supported for now."],
      'LIBRA_ARCHITECTURE_UNSUPPORTED',
      /model_type "mamba"/,
    ],
    [
      ['safetensors_rust.SafetensorError: Error while deserializing header: HeaderTooLarge'],
      'LIBRA_CHECKPOINT_INVALID',
      /damaged/,
    ],
    [['OSError: [Errno 98] Address already in use'], 'LIBRA_PORT_IN_USE', /port/],
    [['vllm: error: unrecognized arguments: --nonsense'], 'LIBRA_ENGINE_NOT_READY', /configuration/],
    [['Traceback:', 'KeyError: 17'], 'LIBRA_ENGINE_NOT_READY', /KeyError: 17/],
    [
      ['\u001b[31merror:\u001b[39m no room left here.', 'hint: Make room.'],
      'LIBRA_ENGINE_NOT_READY',
      /: no room left here$/,
    ],
  ] as const)('that dies at its start is classified by its log: %s', async (dieWith, code, message) => {
    await using place = await makeBareCheckpoint({ model_type: 'mamba' });
    const error = await serve(place, { config: { dieWith } }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(error.hint).not.toBe('');
    expect(String(error.cause)).toContain(dieWith[0]);
  });

  it('that never gets ready is ended after the time-out', async () => {
    await using place = await makeBareCheckpoint();
    const lines: string[] = [];
    const serving = serve(place, {
      config: { neverReady: true, grandchild: true },
      settings: { startTimeout: 5 },
      lines,
    });
    await expect(serving).rejects.toMatchObject({
      code: 'LIBRA_ENGINE_NOT_READY',
      message: expect.stringContaining('within 5 s'),
    });
    const grandchild = Number(lines.find((line) => line.includes('grandchild'))?.split(' ')[2]);
    expect(grandchild).toBeGreaterThan(0);
    expect(isAlive(identify(grandchild))).toBe(false);
  });

  it('is called off by the signal while it loads, and ended', async () => {
    await using place = await makeBareCheckpoint();
    const stop = new AbortController();
    const reason = new Error('enough');
    const serving = serve(place, { config: { neverReady: true }, signal: stop.signal });
    stop.abort(reason);
    await expect(serving).rejects.toBe(reason);
    expect(await openEngineRegistry(join(place.directory, 'engines.json')).endLeftovers()).toEqual([]);
  });

  it('that is killed in the middle fails what was asked, with its last words, and says so once', async () => {
    await using place = await makeBareCheckpoint();
    const served = await serve(place, { config: { lastWords: 'CUDA error: an illegal memory access' } });
    await later(place, { next: ['die'] });
    const error = await served.model.loglikelihood([question]).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'LIBRA_ENGINE_FAILED',
      message: expect.stringContaining('illegal memory access'),
    });
    expect(error.message).toContain('SIGKILL');
    expect(await served.onFailure).toBe(error);
    await served.stop();
  });

  it('whose worker dies says why, though its answer does not', async () => {
    await using place = await makeBareCheckpoint();
    const lastWords = 'RuntimeError: Unsupported CPU attention configuration: head_dim=20';
    const served = await serve(place, { config: { lastWords } });
    await later(place, { next: ['core'] });
    await expect(served.model.loglikelihood([question])).rejects.toMatchObject({
      code: 'LIBRA_ARCHITECTURE_UNSUPPORTED',
      message: expect.stringContaining('head_dim=20'),
    });
    await served.stop();
  });

  it('with auto makes way for the next one when it turns the checkpoint down', async () => {
    await using place = await makeBareCheckpoint({ model_type: 'mamba' });
    const dieWith = ["ValueError: Model architectures ['MambaForCausalLM'] are not supported for now."];
    const first = { ...fakeEngine({ dieWith }), name: 'first' };
    const warnings: string[] = [];
    const served = await serveCheckpoint({
      ...{ checkpoint: place.checkpoint, workDirectory: place.workDirectory, clock: systemClock },
      engine: { name: 'auto', niceness: 0 },
      engines: [first, fakeEngine()],
      log: { ...silentLog, warn: (message: string) => warnings.push(message) },
    });
    expect(served.reason).toMatch(/it turned the checkpoint down .*cannot run this architecture/);
    expect(served.model.description.reason).toBe(served.reason);
    expect(warnings.join()).toMatch(/first turned run-500 down/);
    await served.stop();
  });

  it('that hangs in the middle is noticed and ended', async () => {
    await using place = await makeBareCheckpoint();
    const lines: string[] = [];
    const served = await serve(place, { settings: { stallAfter: 0.5 }, config: { grandchild: true }, lines });
    await later(place, { next: ['hang'] });
    const error = await served.model.loglikelihood([question]).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'LIBRA_ENGINE_FAILED', message: expect.stringContaining('stopped answering') });
    await served.stop();
    expect(isAlive(identify(Number(lines.find((line) => line.includes('grandchild'))!.split(' ')[2])))).toBe(false);
  }, 60_000);

  it.each([
    ['NaN weights', { faults: { nan: 'lazy' } }, 'LIBRA_ENGINE_NON_FINITE'],
    ['infinite weights', { faults: { minusInfinity: 'lazy' } }, 'LIBRA_ENGINE_NON_FINITE'],
    ['drifting answers', { faults: { drift: 0.5 } }, 'LIBRA_ENGINE_FAILED'],
    ['no log-probabilities', { faults: { promptLogprobs: 'null', echo: 'missing' } }, 'LIBRA_ENGINE_NO_LOGPROBS'],
    [
      'another model',
      { servedName: 'libra-0000000000000000', root: '/elsewhere/checkpoint-500' },
      'LIBRA_ENGINE_WRONG_MODEL',
    ],
    ['another step', { servedName: 'toy', root: '/elsewhere/checkpoint-400' }, 'LIBRA_ENGINE_WRONG_MODEL'],
  ] as const)('with %s is not trusted', async (_name, config, code) => {
    await using place = await makeBareCheckpoint();
    await expect(serve(place, { config })).rejects.toMatchObject({ code });
    expect(await openEngineRegistry(join(place.directory, 'engines.json')).endLeftovers()).toEqual([]);
  });

  it('that only generates will do where nothing else is asked', async () => {
    await using place = await makeBareCheckpoint();
    const served = await serve(place, {
      config: { faults: { tokenize: 'missing', echo: 'missing' } },
      generatesOnly: true,
    });
    const request = { type: 'generate_until', context: 'abc', until: ['f'], maxGenToks: 5, temperature: 0 } as const;
    expect(await served.model.generateUntil([request])).toMatchObject([{ text: 'de' }]);
    await expect(served.model.loglikelihood([question])).rejects.toMatchObject({ code: 'LIBRA_ENGINE_NO_LOGPROBS' });
    await served.stop();
  });
});

describe('a server that runs already', () => {
  it('is verified by the path it loaded, and left running', async () => {
    await using place = await makeBareCheckpoint();
    await using server = await startFakeEngine({ servedName: 'my-model', root: place.checkpoint.path });
    const served = await serve(place, { settings: { name: `${server.base}/v1/` } });
    expect(served.model.description.isVerified).toBe(true);
    expect(await served.model.loglikelihood([question])).toHaveLength(1);
    await served.stop();
    expect(server.child.isRunning()).toBe(true);
  });

  it('is taken at its word but marked unverified where it cannot show what it serves', async () => {
    await using place = await makeBareCheckpoint();
    await using server = await startFakeEngine({ servedName: 'my-model' });
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (message: string) => warnings.push(message) };
    const served = await serve(place, { settings: { name: server.base }, log });
    expect(served.model.description.isVerified).toBe(false);
    expect(warnings.join()).toMatch(/unverified.*my-model/);
    await served.stop();
  });

  it('with another model than the one named is refused', async () => {
    await using place = await makeBareCheckpoint();
    await using server = await startFakeEngine({ servedName: 'my-model' });
    const serving = serve(place, { settings: { name: server.base, model: 'their-model' } });
    await expect(serving).rejects.toMatchObject({
      code: 'LIBRA_ENGINE_WRONG_MODEL',
      message: expect.stringContaining('my-model'),
    });
  });

  it('that is not there, or no engine at all, is said so', async () => {
    await using place = await makeBareCheckpoint();
    await expect(serve(place, { settings: { name: 'http://127.0.0.1:1' } })).rejects.toMatchObject({
      code: 'LIBRA_ENGINE_NOT_READY',
      message: expect.stringContaining('http://127.0.0.1:1'),
    });
    await using server = await startFakeEngine({ apiKey: 'secret' });
    await expect(serve(place, { settings: { name: server.base } })).rejects.toMatchObject({
      code: 'LIBRA_ENGINE_NOT_READY',
      message: expect.stringContaining('401'),
    });
    await expect(serve(place, { settings: { name: server.base, apiKey: 'secret' } })).resolves.toBeDefined();
  });
});

describe('what cannot even be started', () => {
  it('is an unknown engine, or a checkpoint without a configuration', async () => {
    await using place = await makeBareCheckpoint();
    await expect(serve(place, { settings: { name: 'vlm' } })).rejects.toMatchObject({ code: 'LIBRA_CONFIG_INVALID' });
    const elsewhere = { ...place, checkpoint: { ...place.checkpoint, path: join(place.directory, 'nowhere') } };
    await expect(serve(elsewhere)).rejects.toMatchObject({ code: 'LIBRA_CHECKPOINT_INVALID' });
  });
});

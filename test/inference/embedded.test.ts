/** serveCheckpoint with the real embedded engine: `libra serve` as a child process over seeded checkpoints. */

import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngines } from '../../src/daemon/open-engines.ts';
import { LibraError } from '../../src/domain/errors.ts';
import type { LoglikelihoodRequest } from '../../src/domain/request.ts';
import { createCompletionsClient } from '../../src/inference/completions-client.ts';
import type { StartedEngine } from '../../src/inference/engine.ts';
import { connectEngine } from '../../src/inference/engine-connection.ts';
import type { EngineRegistry } from '../../src/inference/engine-registry.ts';
import { type ServedModel, serveCheckpoint } from '../../src/inference/serve-checkpoint.ts';
import { NO_FRAME } from '../../src/inference/text-frame.ts';
import { echoLogprobs } from '../../src/inference/wires/echo-logprobs.ts';
import { promptLogprobs } from '../../src/inference/wires/prompt-logprobs.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { startProcess } from '../../src/system/process.ts';
import { identify, isAlive, type ProcessIdentity } from '../../src/system/process-tree.ts';
import { startEngine } from '../embedded/engine-process.ts';
import { writeSeeded } from '../embedded/seeded-checkpoint.ts';
import { answersOnly } from '../fakes/answers-only.ts';
import { RUN_TYPESCRIPT } from '../fakes/start-fake-engine.ts';

let directory: string;
let checkpoint: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'libra-embedded-'));
  checkpoint = await makeCheckpoint('good');
});
afterAll(() => rm(directory, { recursive: true }));

async function makeCheckpoint(name: string): Promise<string> {
  const path = join(directory, name);
  await mkdir(path);
  return writeSeeded('plain', path);
}

/** Keeps who was started, to look after it in the test. */
function recordingRegistry() {
  const leaders: ProcessIdentity[] = [];
  const registry: EngineRegistry = {
    announce: async () => {},
    started: async (_mark, leader) => {
      leaders.push(identify(leader.pid));
    },
    remove: async () => {},
    endLeftovers: async () => [],
  };
  return { leaders, registry };
}

function serve(
  path: string,
  registry?: EngineRegistry,
  stallAfter = 20,
  engines: readonly StartedEngine[] = openEngines(),
): Promise<ServedModel> {
  return serveCheckpoint({
    checkpoint: { path, fingerprint: 'abcdef0123456789abcdef', id: 'run-1' },
    engine: { name: 'embedded', niceness: 0, stallAfter },
    engines,
    workDirectory: join(directory, 'work'),
    log: silentLog,
    clock: systemClock,
    ...(registry && { registry }),
  });
}

const questions: LoglikelihoodRequest[] = ['the cat sat on', '天秤座是', ''].flatMap((context) =>
  [' the mat', ' 什么', '!'].map((continuation) => ({ type: 'loglikelihood', context, continuation }) as const),
);

describe('the embedded engine', () => {
  it('answers all three kinds of requests, verified, and leaves nothing behind', async () => {
    const before = await readdir(checkpoint);
    const served = await serve(checkpoint);
    expect(served.model.description).toMatchObject({ engine: 'embedded', isVerified: true, maxLength: 128 });
    const answers = await served.model.loglikelihood(questions);
    expect(answers.every((one) => Number.isFinite(one.logprob) && one.logprob < 0 && one.tokens > 0)).toBe(true);
    const [rolled] = await served.model.loglikelihoodRolling([{ type: 'loglikelihood_rolling', text: 'the cat sat' }]);
    expect(rolled!.logprob).toBeLessThan(0);
    const [made] = await served.model.generateUntil([
      { type: 'generate_until', context: 'the cat', until: ['\n\n'], maxGenToks: 6, temperature: 0 },
    ]);
    expect(made!.tokens).toBeLessThanOrEqual(6);
    await served.stop();
    expect(await readdir(checkpoint)).toEqual(before);
    expect(await readdir(directory)).not.toContain('work');
  });

  it('gives the same numbers over every wire', async () => {
    const served = await serve(checkpoint);
    const expected = await served.model.loglikelihood(questions);
    await served.stop();
    await using engine = await startEngine([checkpoint, '--port', '0', '--served-model-name', 'toy']);
    const base = engine.ready.url as string;
    const describeHang = () => new LibraError('LIBRA_ENGINE_FAILED', 'hung', { hint: 'none' });
    const connection = connectEngine({ base, apiKey: null, describeHang });
    for (const kind of [promptLogprobs, echoLogprobs]) {
      const wire = await kind.open(
        { connection, model: 'toy', maxLength: 128, prefixTokenId: 0, frame: NO_FRAME },
        { scorePath: null },
      );
      expect(wire?.name).toBe(kind.name);
      const model = createCompletionsClient({ connection, model: 'toy', wire, description: served.model.description });
      // Without a context the first token can be scored only where token ids put a token before it.
      const asked = kind === echoLogprobs ? 6 : questions.length;
      const answers = await model.loglikelihood(questions.slice(0, asked));
      expect(answersOnly(answers)).toEqual(
        answersOnly(expected.slice(0, asked)).map((one) => ({ ...one, logprob: expect.closeTo(one.logprob, 4) })),
      );
    }
    connection.close();
  });

  it('that cannot run the architecture names it', async () => {
    const path = await makeCheckpoint('mamba');
    const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
    await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, model_type: 'mamba' }));
    await expect(serve(path)).rejects.toMatchObject({
      code: 'LIBRA_ARCHITECTURE_UNSUPPORTED',
      message: expect.stringContaining('mamba'),
      hint: expect.stringContaining('vLLM'),
    });
  });

  it('that is given too little memory by the system says so', async () => {
    const [embedded] = openEngines();
    const limited: StartedEngine = {
      ...embedded!,
      command: async (request) => {
        const command = await embedded!.command(request);
        const line = 'ulimit -v 700000; exec "$0" "$@"';
        return { ...command, command: '/bin/sh', args: ['-c', line, command.command, ...command.args] };
      },
    };
    const error = await serve(checkpoint, undefined, 20, [limited]).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'LIBRA_MEMORY_SHORT', message: expect.stringContaining('memory') });
    expect(error.hint).not.toBe('');
  });

  it('says when a configuration asks for what its weights do not have', async () => {
    const path = await makeCheckpoint('absurd');
    const config = JSON.parse(await readFile(join(path, 'config.json'), 'utf8'));
    await writeFile(join(path, 'config.json'), JSON.stringify({ ...config, num_hidden_layers: 1000 }));
    await expect(serve(path)).rejects.toMatchObject({ code: 'LIBRA_CHECKPOINT_INVALID' });
  });

  it('says when weights are torn, and when they give NaN', async () => {
    const torn = await makeCheckpoint('torn');
    await truncate(join(torn, 'model.safetensors'), 5000);
    await expect(serve(torn)).rejects.toMatchObject({ code: 'LIBRA_CHECKPOINT_INVALID' });
    const broken = await makeCheckpoint('broken');
    const file = join(broken, 'model.safetensors');
    const bytes = await readFile(file);
    bytes.fill(0xff, 8 + Number(bytes.readBigUInt64LE(0)));
    await writeFile(file, bytes);
    await expect(serve(broken)).rejects.toMatchObject({ code: 'LIBRA_ENGINE_NON_FINITE' });
  });

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'in the middle of its work gets %s: said, and nothing hangs',
    async (signal) => {
      const { leaders, registry } = recordingRegistry();
      const served = await serve(checkpoint, registry, 1);
      const many = Array.from({ length: 200 }, (_, i) =>
        questions.map((one) => ({ ...one, context: `${i} ${one.context}` })),
      ).flat();
      process.kill(leaders[0]!.pid, signal);
      const error = await served.model.loglikelihood(many).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: 'LIBRA_ENGINE_FAILED' });
      expect(error.message).toMatch(signal === 'SIGKILL' ? /SIGKILL/ : /stopped answering/);
      expect(await served.onFailure).toBe(error);
      await served.stop();
      expect(isAlive(leaders[0]!)).toBe(false);
    },
  );

  it('dies with a daemon that is killed with SIGKILL', async () => {
    const script = join(directory, 'daemon.mts');
    const source = fileURLToPath(new URL('../../src/', import.meta.url));
    await writeFile(
      script,
      `import { serveCheckpoint } from ${JSON.stringify(`${source}inference/serve-checkpoint.ts`)};
import { openEngines } from ${JSON.stringify(`${source}daemon/open-engines.ts`)};
import { systemClock } from ${JSON.stringify(`${source}system/clock.ts`)};
import { silentLog } from ${JSON.stringify(`${source}system/log.ts`)};
const registry = { announce: async () => {}, started: async (_mark, leader) => console.log('engine', leader.pid), remove: async () => {} };
await serveCheckpoint({ checkpoint: { path: ${JSON.stringify(checkpoint)}, fingerprint: 'f', id: 'run-1' }, engine: { name: 'embedded', niceness: 0 }, engines: openEngines(),
  workDirectory: ${JSON.stringify(join(directory, 'orphan'))}, log: silentLog, clock: systemClock, registry });
console.log('up');
`,
    );
    const said: string[] = [];
    let enough = () => {};
    const ready = new Promise<void>((resolve) => {
      enough = resolve;
    });
    const daemon = await startProcess({
      command: process.execPath,
      args: [...RUN_TYPESCRIPT, script],
      onLine: (line) => said.push(line) > 0 && line === 'up' && enough(),
    });
    await Promise.race([ready, daemon.exited]);
    const engine = identify(Number(said.find((line) => line.startsWith('engine '))?.split(' ')[1]));
    expect(isAlive(engine)).toBe(true);
    process.kill(daemon.pid, 'SIGKILL');
    const end = systemClock.monotonic() + 15_000;
    while (isAlive(engine) && systemClock.monotonic() < end) await systemClock.sleep(50);
    expect(isAlive(engine)).toBe(false);
  });
});

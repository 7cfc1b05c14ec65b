/** The fake engine as a server that runs already, and as an engine that Libra starts. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EngineAbilities, StartedEngine } from '../../src/inference/engine.ts';
import { createHttpClient } from '../../src/system/http.ts';
import { startProcess } from '../../src/system/process.ts';
import type { FakeEngineConfig, Faults } from './fake-engine.ts';

const PROGRAM = fileURLToPath(new URL('./fake-engine.ts', import.meta.url));
export const RUN_TYPESCRIPT = ['--import', createRequire(import.meta.url).resolve('tsx')];

/** `await using server = await startFakeEngine({...})` */
export async function startFakeEngine(config: FakeEngineConfig = {}) {
  let found = (_port: string) => {};
  const listening = new Promise<string>((resolve) => {
    found = resolve;
  });
  const child = await startProcess({
    command: process.execPath,
    args: [...RUN_TYPESCRIPT, PROGRAM],
    env: { ...process.env, FAKE_ENGINE: JSON.stringify(config) },
    onLine: (line) => line.startsWith('listening ') && found(line.split(' ')[1]!),
  });
  const died = child.exited.then((exit) => Promise.reject(new Error(exit.lastLines.join('\n'))));
  const port = await Promise.race([listening, died]);
  died.catch(() => {});
  const base = config.socket === undefined ? `http://127.0.0.1:${port}` : `unix:${config.socket}`;
  const client = createHttpClient({ base });
  return {
    base,
    pid: child.pid,
    child,
    setFaults: (faults: Faults) => client.sendJson({ method: 'POST', path: '/_faults', body: faults }),
    /** Every request to anything but /health, with its body. */
    seen: (path: string) =>
      client
        .sendJson({ method: 'GET', path: '/_seen' })
        .then((all) => (all as { path: string; body: Record<string, unknown> }[]).filter((one) => one.path === path)),
    async [Symbol.asyncDispose]() {
      client.close();
      await child.stop(1000);
    },
  };
}

/** What an engine declares that takes everything. */
export const ANY_MODEL: EngineAbilities = {
  answers: ['loglikelihood', 'loglikelihood_rolling', 'generate_until'],
  architectures: 'any',
  formats: ['safetensors', 'pytorch'],
  adapters: true,
  quantised: true,
};

/** An engine of the catalogue's shape that starts the fake one. */
export function fakeEngine(config: FakeEngineConfig = {}): StartedEngine {
  return {
    kind: 'started',
    name: 'fake',
    about: 'a toy',
    hasDevices: false,
    abilities: ANY_MODEL,
    hesitates: () => null,
    look: async () => ({ isUsable: true, version: null, where: 'here' }),
    command: async ({ servedName, apiKey, workDirectory, checkpoint }) => {
      const socket = join(workDirectory, 'fake.sock');
      const whole = { servedName, root: checkpoint.path, socket, apiKey, ...config };
      return {
        command: process.execPath,
        args: [...RUN_TYPESCRIPT, PROGRAM],
        env: { FAKE_ENGINE: JSON.stringify(whole) },
        base: `unix:${socket}`,
      };
    },
  };
}

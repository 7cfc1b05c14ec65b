/** Libra's own engine: `libra serve CHECKPOINT` as a child process on a Unix socket that only this user can reach. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StartedEngine } from '../engine.ts';

export const embedded: StartedEngine = {
  kind: 'started',
  name: 'embedded',
  answers: ['loglikelihood', 'loglikelihood_rolling', 'generate_until'],
  accepts(model) {
    if (model.quantization !== null) {
      return { accepts: false, reason: `the weights are quantised (${model.quantization})` };
    }
    // Which architectures it can run the engine itself says, at once when it is started.
    return model.modelType === null ? { accepts: false, reason: 'config.json names no model_type' } : { accepts: true };
  },
  async command({ checkpoint, servedName, workDirectory, apiKey, threads }) {
    await mkdir(workDirectory, { recursive: true });
    const sockets = await socketDirectory(workDirectory);
    const socket = join(sockets, 'engine.sock');
    return {
      command: process.execPath,
      args: [
        ...ownProgram(),
        'serve',
        checkpoint.path,
        ...['--socket', socket],
        ...['--served-model-name', servedName],
        ...(checkpoint.fingerprint === '' ? [] : ['--fingerprint', checkpoint.fingerprint]),
        ...(threads === null ? [] : ['--threads', String(threads)]),
        ...(checkpoint.baseModel ? ['--base-model', checkpoint.baseModel] : []),
        ...['--work-dir', workDirectory],
        ...['--parent-pid', String(process.pid)],
      ],
      env: { LIBRA_ENGINE_KEY: apiKey },
      base: `unix:${socket}`,
      leftovers: [sockets],
    };
  },
};

/** A socket's path has room for about 100 bytes only: deep work directories get one below the system's temporary directory. */
const LONGEST_SOCKET_PATH = 100;

async function socketDirectory(workDirectory: string): Promise<string> {
  const near = join(workDirectory, 'socket-');
  const fits = Buffer.byteLength(near) + 'XXXXXX/engine.sock'.length <= LONGEST_SOCKET_PATH;
  return mkdtemp(fits ? near : join(tmpdir(), 'libra-')); // mode 0700
}

/** How this very program is called: built, or from its sources while it is being developed. */
function ownProgram(): string[] {
  const extension = extname(fileURLToPath(import.meta.url));
  const main = fileURLToPath(new URL(`../../cli/main${extension}`, import.meta.url));
  return extension === '.ts' ? ['--import', createRequire(import.meta.url).resolve('tsx'), main] : [main];
}

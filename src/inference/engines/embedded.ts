/** Libra's own engine: `libra serve CHECKPOINT` as a child process on a Unix socket that only this user can reach. */
import { mkdir, mkdtemp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { usableMemory } from '../../system/machine.ts';
import type { EngineAbilities, EngineCommand, StartedEngine, StartRequest } from '../engine.ts';

/** Weights are widened to fp32 and partly kept twice while they are loaded (measured: 1.4 to 1.6 times). */
const BYTES_PER_WEIGHT = 4 * 1.6;
/** Beyond this a CPU takes minutes where an accelerator takes seconds. */
const MANY_PARAMETERS = 8e9;

/** @param abilities what the engine's own program declares */
export function embeddedEngine(abilities: EngineAbilities): StartedEngine {
  return {
    kind: 'started',
    name: 'embedded',
    about: "Libra's own, on the CPU, without Python",
    hasDevices: false,
    abilities,
    hesitates({ parameters }) {
      if (parameters === null) return null;
      const needed = parameters * BYTES_PER_WEIGHT;
      const { available } = usableMemory();
      if (needed > available)
        return `it needs about ${gigabytes(needed)} of memory and ${gigabytes(available)} is free`;
      return parameters > MANY_PARAMETERS ? `${(parameters / 1e9).toFixed(0)} billion weights are slow on a CPU` : null;
    },
    // It is part of Libra itself; whether its native parts load here `libra doctor` finds out.
    look: async () => ({ isUsable: true, version: null, where: 'this program, on the CPU' }),
    command: startItself,
  };
}

async function startItself({
  checkpoint,
  servedName,
  workDirectory,
  apiKey,
  threads,
}: StartRequest): Promise<EngineCommand> {
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
}

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

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

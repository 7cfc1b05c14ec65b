/** Runs the built `libra` as a process of its own and follows its `--json` events, without ever sleeping. */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LibraEvent } from '../../src/domain/event.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
export const MAIN = join(ROOT, 'dist/cli/main.js');

export interface LibraProcess {
  readonly child: ChildProcess;
  readonly events: readonly LibraEvent[];
  /** Resolves with the first event, past or future, that fits; rejects if the process ends before. */
  until(fits: (event: LibraEvent) => boolean, what: string): Promise<LibraEvent>;
  /** Resolves when it has ended. */
  readonly ended: Promise<{
    readonly code: number | null;
    readonly signal: NodeJS.Signals | null;
    readonly stderr: string;
  }>;
  kill(signal?: NodeJS.Signals): Promise<void>;
}

export function startLibra(args: readonly string[], env: NodeJS.ProcessEnv = {}): LibraProcess {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  const events: LibraEvent[] = [];
  const waiting = new Set<{
    fits: (event: LibraEvent) => boolean;
    resolve: (event: LibraEvent) => void;
    reject: (error: Error) => void;
    what: string;
  }>();
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-20_000);
  });
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (!line.startsWith('{')) return;
    const event = JSON.parse(line) as LibraEvent;
    events.push(event);
    for (const waiter of [...waiting]) {
      if (!waiter.fits(event)) continue;
      waiting.delete(waiter);
      waiter.resolve(event);
    }
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null; stderr: string }>((resolve) => {
    child.once('close', (code, signal) => {
      for (const waiter of waiting)
        waiter.reject(new Error(`libra ended (${code ?? signal}) before: ${waiter.what}\n${stderr}`));
      waiting.clear();
      resolve({ code, signal, stderr });
    });
  });
  return {
    child,
    events,
    ended,
    until: (fits, what) => {
      const past = events.find(fits);
      if (past) return Promise.resolve(past);
      return new Promise((resolve, reject) => waiting.add({ fits, resolve, reject, what }));
    },
    kill: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Runs to the end and gives back what was printed. */
export async function runLibra(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', ...options.env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, stdout, stderr };
}

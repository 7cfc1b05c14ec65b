/** A recorded run replayed into a directory while the built `libra watch` looks on. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStoreForReading, type Store } from '../../src/store/open-store.ts';
import { type LibraProcess, MAIN, startLibra } from './libra-process.ts';

export const ROOT = new URL('../..', import.meta.url).pathname;
export const recordedRun = (name: string): string => join(ROOT, 'fixtures/runs', name);

export interface Place {
  readonly output: string;
  readonly data: string;
  readonly config: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A place of its own for one test; `docs` is the number of docs of each task, `most` where something looks low. */
export async function makePlace(docs: number, most = docs): Promise<Place> {
  const place = await mkdtemp(join(tmpdir(), 'libra-e2e-'));
  const config = join(place, 'libra.yaml');
  const output = join(place, 'output');
  await mkdir(output);
  await writeFile(
    config,
    `tasks: {include_path: [${JSON.stringify(join(ROOT, 'fixtures/tasks'))}]}\n` +
      `strategy: {name: ${most > docs ? 'adaptive' : 'fixed'}, docs_per_task: ${docs}, escalate_to: ${most}}\nengine: {threads: 2, niceness: 0}\nserver: {port: 0}\n`,
  );
  return {
    output,
    data: join(place, 'data'),
    config,
    [Symbol.asyncDispose]: () => rm(place, { recursive: true, force: true }),
  };
}

export function watch(place: Place, args: readonly string[] = []): LibraProcess {
  return startLibra(['watch', place.output, '--data', place.data, '--config', place.config, '--json', ...args]);
}

export interface ReplayPace {
  readonly interval: number;
  readonly save: number;
  readonly keep: number;
}

/** The trainer: a process of its own. Resolves when the last checkpoint is written. */
export function replay(run: string, place: Place, pace: ReplayPace): Promise<void> {
  const { interval, save, keep } = pace;
  const target = join(place.output, run);
  const args = [
    'replay',
    recordedRun(run),
    target,
    '--interval',
    `${interval}`,
    '--save',
    `${save}`,
    '--keep',
    `${keep}`,
  ];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' });
  return new Promise((resolve, reject) => {
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`the replay ended with ${code}`))));
  });
}

export function read<T>(place: Place, look: (store: Store) => T): T {
  const store = openStoreForReading({ directory: place.data, now: Date.now });
  try {
    return look(store);
  } finally {
    store.close();
  }
}

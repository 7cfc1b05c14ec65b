/** One live training: the real Trainer in a process of its own, the built daemon beside it, and what Libra knows in the end. */
import { spawn } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findAddress } from '../../src/api/address.ts';
import { readInterventions } from '../../src/daemon/read-interventions.ts';
import { openStoreForReading } from '../../src/store/open-store.ts';
import { startLibra } from '../e2e/libra-process.ts';
import { ROOT } from '../e2e/watched-replay.ts';
import type { WatchedTraining } from './results.ts';

const SCRIPT = join(ROOT, 'test/training/train_live.py');

/** What is asked in Chinese alone; translations are half English. */
const isChinese = (task: string) => task.endsWith('_zh') && !/^(translate|stories)_/.test(task);

export interface TrainingOptions {
  readonly python: string;
  readonly seed: number;
  readonly follows: boolean;
  /** A directory of its own; it is emptied first. */
  readonly place: string;
}

export async function watchTraining({ python, seed, follows, place }: TrainingOptions): Promise<WatchedTraining> {
  const name = `${follows ? 'followed' : 'left-alone'}-${seed}`;
  const [output, data, config] = [join(place, 'output'), join(place, 'data'), join(place, 'libra.yaml')];
  await rm(place, { recursive: true, force: true });
  await mkdir(output, { recursive: true });
  await writeFile(
    config,
    `tasks: {include_path: [${JSON.stringify(join(ROOT, 'fixtures/tasks'))}]}\n` +
      'strategy: {name: fixed, docs_per_task: 300}\nengine: {name: embedded, threads: 1, niceness: 0}\nserver: {port: 0}\n',
  );
  const libra = startLibra(['watch', output, '--data', data, '--config', config, '--json']);
  await libra.until(({ event }) => event === 'daemon.started', 'start');
  const address = await addressOf(data);
  const steps = await train(
    python,
    [SCRIPT, '--output', join(output, name), '--seed', `${seed}`, ...(follows ? ['--follow'] : [])],
    {
      LIBRA_URL: address,
      LIBRA_DATA: data,
    },
  );
  const last = ({ event, step }: { event: string; step?: number }) => event === 'evaluation.finished' && step === steps;
  await libra.until(last, `the evaluation of step ${steps}`);
  await libra.kill();
  return { seed, follows, ...(await readBack(data, name)) };
}

/** It is announced a moment after the start. */
async function addressOf(data: string): Promise<string> {
  for (let tries = 0; tries < 300; tries++) {
    const address = findAddress(data);
    if (address !== null) return address;
    await sleep(100);
  }
  throw new Error('the daemon announced no address');
}

/** Resolves with the last step when the training ended well. */
async function train(python: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(python, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...env, PYTHONDONTWRITEBYTECODE: '1' },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-5000);
  });
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`the training ended with ${code}:\n${said}`);
  const output = args[args.indexOf('--output') + 1]!;
  return JSON.parse(await readFile(join(output, 'last_step.json'), 'utf8')) as number;
}

async function readBack(data: string, run: string): Promise<Omit<WatchedTraining, 'seed' | 'follows'>> {
  const store = openStoreForReading({ directory: data, now: Date.now });
  try {
    const checkpoints = store.scores.recentOutcomes(run, { limit: 1000 }).map(({ step, outcomes }) => ({
      step,
      tasks: outcomes.filter(({ task, metric }) => isChinese(task) && /^(acc|exact_match)$/.test(metric)),
    }));
    const alert = store.alerts.ofRun(run).find(({ kind }) => kind === 'regression');
    const [change] = readInterventions(store, run);
    return {
      curve: checkpoints.map(({ step, tasks }) => ({
        step,
        accuracy: meanOf(tasks.flatMap((one) => [...one.values])),
      })),
      alert: alert
        ? { step: alert.step!, title: alert.title, capabilities: alert.members.map(({ capability }) => capability) }
        : null,
      change: change ? { step: change.step, note: change.note } : null,
      effects: (change?.effects ?? [])
        .filter((effect) => effect.was_alerted && effect.capability !== null)
        .map(({ capability, before, after, difference: value, ci95, n }) => ({
          capability: capability!,
          before,
          after,
          value,
          ci95,
          n,
        })),
      atEnd: Object.fromEntries(
        checkpoints.at(-1)!.tasks.map(({ task, values }) => [task, [...values].map(Number).join('')]),
      ),
    };
  } finally {
    store.close();
  }
}

function meanOf(values: readonly number[]): number {
  return Number((values.reduce((sum, each) => sum + each, 0) / values.length).toFixed(5));
}

/** Whole commands side by side: `libra evaluate` and `lm_eval --model hf` on the same task, the same model and the same docs. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Peers } from './peers.ts';

const LIBRA = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** By doc: the log-probability of each choice, or the text. */
export type Answers = ReadonlyMap<number, readonly (number | string)[]>;

export interface Command {
  readonly seconds: number;
  /** By task. */
  readonly answers: ReadonlyMap<string, Answers>;
}

export interface Work {
  readonly tasks: readonly string[];
  /** Where their files are. */
  readonly directory: string;
  readonly docs: number;
  readonly model: string;
}

/** `libra evaluate` with docs in its own order; all docs when `docs` is the size of the set. */
export function runLibra({ tasks, directory, docs, model }: Work): Promise<Command> {
  return timed(tasks, process.execPath, (output) => [
    LIBRA,
    'evaluate',
    model,
    ...[
      '--tasks',
      tasks.join(),
      '--include-path',
      directory,
      '--limit',
      String(docs),
      '--engine',
      'embedded',
      '--output',
      output,
    ],
  ]);
}

export function runHarness(peers: Peers, { tasks, directory, docs, model }: Work, batch: string): Promise<Command> {
  return timed(tasks, peers.python, (output) => [
    ...['-m', 'lm_eval', '--model', 'hf', '--model_args', `pretrained=${model},dtype=float32`, '--device', 'cpu'],
    ...['--tasks', tasks.join(), '--include_path', directory, '--limit', String(docs), '--batch_size', batch],
    ...['--output_path', output, '--log_samples'],
  ]);
}

async function timed(
  tasks: readonly string[],
  command: string,
  args: (output: string) => readonly string[],
): Promise<Command> {
  const output = mkdtempSync(join(tmpdir(), 'libra-bench-'));
  try {
    const start = performance.now();
    const child = spawn(command, args(output), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' },
    });
    let log = '';
    child.stderr.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString('utf8')).slice(-4000);
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    const seconds = (performance.now() - start) / 1000;
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${log}`);
    return { seconds, answers: new Map(tasks.map((task) => [task, answersIn(output, task)])) };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** Both write samples_<task>*.jsonl, one line a doc, with `resps` as [[[log-probability, is greedy]] ...] or [[text]]. */
function answersIn(output: string, task: string): Answers {
  const file = readdirSync(output, { recursive: true, encoding: 'utf8' }).find(
    (name) => /(^|\/)samples_[^/]*\.jsonl$/.test(name) && new RegExp(`samples_${task}(_\\d{4}-|\\.jsonl)`).test(name),
  );
  if (file === undefined) throw new Error(`no samples of ${task} in ${output}`);
  const lines = readFileSync(join(output, file), 'utf8').trim().split('\n');
  return new Map(
    lines.map((line) => {
      const sample = JSON.parse(line) as { doc: { id: number }; resps: unknown[][] };
      return [sample.doc.id, sample.resps.map((response) => firstOf(response))];
    }),
  );
}

function firstOf(response: unknown): number | string {
  const first = Array.isArray(response) ? firstOf(response[0]) : response;
  return typeof first === 'number'
    ? first
    : typeof first === 'string' && Number.isFinite(Number(first)) && first.trim() !== ''
      ? Number(first)
      : String(first);
}

export interface Agreement {
  readonly docs: number;
  readonly alike: number;
  /** Largest difference of a log-likelihood, nats. */
  readonly largest: number;
  /** Docs answered differently; `margin` is how far the two best choices of `b` are apart (null for texts). */
  readonly different: readonly { readonly id: number; readonly margin: number | null }[];
}

/** How far two commands agree on the docs both answered. */
export function compareAnswers(a: Answers, b: Answers): Agreement {
  const different: { id: number; margin: number | null }[] = [];
  let docs = 0;
  let largest = 0;
  for (const [id, own] of a) {
    const other = b.get(id);
    if (other === undefined) continue;
    docs += 1;
    if (typeof own[0] === 'string') {
      if (own[0] !== other[0]) different.push({ id, margin: null });
      continue;
    }
    const [left, right] = [own as number[], other as number[]];
    if (best(left) !== best(right)) {
      const [first = 0, second = 0] = right.toSorted((x, y) => y - x);
      different.push({ id, margin: first - second });
    }
    left.forEach((value, index) => {
      largest = Math.max(largest, Math.abs(value - (right[index] as number)));
    });
  }
  return { docs, alike: docs - different.length, largest, different };
}

export function describeAgreement({ docs, alike, largest }: Agreement): string {
  return `${alike} of ${docs} docs answered alike${largest > 0 ? `, log-likelihoods within ${largest.toExponential(1)}` : ''}`;
}

function best(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

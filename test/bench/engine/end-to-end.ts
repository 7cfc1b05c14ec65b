/** Whole commands side by side: `libra evaluate` and `lm_eval --model hf` on the same task, the same model and the same docs. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Peers } from './peers.ts';

const LIBRA = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

export interface Command {
  readonly seconds: number;
  /** Answers by doc: the log-probability of each choice, or the text. */
  readonly answers: ReadonlyMap<number, readonly (number | string)[]>;
}

export interface Work {
  readonly task: string;
  readonly tasks: string;
  readonly docs: number;
  readonly model: string;
}

/** `libra evaluate` with docs in its own order; all docs when `docs` is the size of the set. */
export function runLibra({ task, tasks, docs, model }: Work): Promise<Command> {
  return timed(task, process.execPath, (output) => [
    LIBRA,
    'evaluate',
    model,
    ...['--tasks', task, '--include-path', tasks, '--limit', String(docs), '--engine', 'embedded', '--output', output],
  ]);
}

export function runHarness(peers: Peers, { task, tasks, docs, model }: Work, batch: string): Promise<Command> {
  return timed(task, peers.python, (output) => [
    ...['-m', 'lm_eval', '--model', 'hf', '--model_args', `pretrained=${model},dtype=float32`, '--device', 'cpu'],
    ...['--tasks', task, '--include_path', tasks, '--limit', String(docs), '--batch_size', batch],
    ...['--output_path', output, '--log_samples'],
  ]);
}

async function timed(task: string, command: string, args: (output: string) => readonly string[]): Promise<Command> {
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
    return { seconds, answers: answersIn(output, task) };
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** Both write samples_<task>*.jsonl, one line a doc, with `resps` as [[[log-probability, is greedy]] ...] or [[text]]. */
function answersIn(output: string, task: string): Map<number, (number | string)[]> {
  const file = readdirSync(output, { recursive: true, encoding: 'utf8' }).find(
    (name) => /(^|\/)samples_[^/]*\.jsonl$/.test(name) && name.includes(`samples_${task}`),
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

/** How far two commands agree on the docs both answered. */
export function compareAnswers(a: Command, b: Command): string {
  let docs = 0;
  let same = 0;
  let largest = 0;
  for (const [id, own] of a.answers) {
    const other = b.answers.get(id);
    if (other === undefined) continue;
    docs += 1;
    if (typeof own[0] === 'string') same += own[0] === other[0] ? 1 : 0;
    else {
      const [left, right] = [own as number[], other as number[]];
      same += best(left) === best(right) ? 1 : 0;
      left.forEach((value, index) => {
        largest = Math.max(largest, Math.abs(value - (right[index] as number)));
      });
    }
  }
  return `${same} of ${docs} docs answered alike${largest > 0 ? `, log-likelihoods within ${largest.toExponential(1)}` : ''}`;
}

function best(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}

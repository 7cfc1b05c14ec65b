/**
 * What Libra itself costs around a model: loading tasks, building requests, asking an engine that answers at once, scoring. With
 * LIBRA_BENCH_PYTHON (a Python with lm_eval) the harness builds the same requests from the same files beside it.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LanguageModel } from '../../../src/domain/language-model.ts';
import type { Sample } from '../../../src/domain/sample.ts';
import { prepareDocs } from '../../../src/evaluation/asking/build-requests.ts';
import { evaluatePlan } from '../../../src/evaluation/asking/evaluate.ts';
import { measureCheckpoint } from '../../../src/evaluation/scoring/aggregate.ts';
import type { Task } from '../../../src/evaluation/task.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import type { Figure } from '../time-lapse.ts';
import { EXAM_DOCS, writeExamSet } from './exam-set.ts';

const run = promisify(execFile);

export async function benchRequests(): Promise<Figure[]> {
  const place = await mkdtemp(join(tmpdir(), 'libra-exam-'));
  try {
    await writeExamSet(place);
    const { value: tasks, seconds: loading } = await timed(() => load(place));
    const { value: built, seconds: building } = await timed(async () =>
      tasks.reduce((sum, task) => sum + build(task), 0),
    );
    const { seconds: evaluating } = await timed(() => evaluate(tasks));
    const peer = await peerFigures(place);
    return [
      {
        what: `${built} requests of ${EXAM_DOCS} docs, 5-shot: building`,
        value: `${milliseconds(building)}${peer === null ? '' : ` (lm-eval ${milliseconds(peer.build)}, ${(peer.build / building).toFixed(0)} x)`}  goal 10 x`,
      },
      {
        what: '  loading their tasks and data',
        value: `${milliseconds(loading)}${peer === null ? '' : ` (lm-eval ${milliseconds(peer.load)})`}`,
      },
      {
        what: '  requests, an instant engine, scores',
        value: `${Math.round(built / evaluating)} requests/s  goal 3000`,
      },
      ...(await benchLibrary()),
    ];
  } finally {
    await rm(place, { recursive: true });
  }
}

/** The whole built-in library, in a process of its own as a command starts it. */
async function benchLibrary(): Promise<Figure[]> {
  const library = fileURLToPath(new URL('../../../dist/evaluation/library/', import.meta.url));
  const source = fileURLToPath(new URL('../../../src/evaluation/library/', import.meta.url));
  const folder = [library, source].find(existsSync);
  if (folder === undefined) return [{ what: 'loading the built-in library', value: 'there is none' }];
  const loader = fileURLToPath(new URL('./load-library.ts', import.meta.url));
  const { stdout } = await run(process.execPath, ['--import', 'tsx', loader, folder], { maxBuffer: 1 << 26 });
  const { milliseconds: took, tasks, unavailable } = JSON.parse(stdout);
  return [
    {
      what: `loading the built-in library (${tasks} tasks, ${unavailable} without their data)`,
      value: `${took.toFixed(0)} ms  goal 300 ms`,
    },
  ];
}

async function load(place: string): Promise<readonly Task[]> {
  const { tasks, problems } = await loadTasks({ includePaths: [place] });
  if (problems[0]) throw problems[0].error;
  return tasks;
}

/** Returns the number of requests. */
function build(task: Task): number {
  return prepareDocs(task, [...task.docs.keys()]).reduce(
    (sum, doc) => sum + ('requests' in doc ? doc.requests.length : 0),
    0,
  );
}

async function evaluate(tasks: readonly Task[]): Promise<void> {
  const plan = tasks.map((task) => ({ task, docs: task.docs.length }));
  const samples = plan.map((): Sample[] => []);
  for await (const batch of evaluatePlan({ plan, model: INSTANT })) samples[batch.place]!.push(...batch.samples);
  const { scores } = measureCheckpoint(plan.map((one, place) => ({ ...one, samples: samples[place]! })));
  if (scores.some(({ failed }) => failed > 0)) throw new Error('some docs were not scored');
}

const INSTANT: LanguageModel = {
  description: {
    name: 'instant',
    engine: 'instant',
    engineVersion: '1',
    dtype: 'float32',
    device: 'cpu',
    maxLength: 4096,
    isVerified: true,
  } as LanguageModel['description'],
  loglikelihood: async (requests) =>
    requests.map(({ continuation }) => ({ logprob: -continuation.charCodeAt(1) / 100, isGreedy: false, tokens: 1 })),
  loglikelihoodRolling: async (requests) => requests.map(() => ({ logprob: -1, tokens: 1 })),
  generateUntil: async (requests) => requests.map(() => ({ text: '', tokens: 1, finishReason: 'stop' as const })),
};

async function peerFigures(place: string): Promise<{ readonly load: number; readonly build: number } | null> {
  const python = process.env.LIBRA_BENCH_PYTHON;
  if (!python) return null;
  const script = fileURLToPath(new URL('./peer-requests.py', import.meta.url));
  const env = { ...process.env, HF_HUB_OFFLINE: '1', HF_DATASETS_CACHE: join(place, 'cache') };
  const { stdout } = await run(python, [script, place], { env, maxBuffer: 1 << 26 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** Seconds of processor time: what others do on the machine meanwhile does not count, for the peer neither. */
async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly seconds: number }> {
  const from = process.cpuUsage();
  const value = await work();
  const { user, system } = process.cpuUsage(from);
  return { value, seconds: (user + system) / 1e6 };
}

function milliseconds(seconds: number): string {
  return `${Math.round(1000 * seconds)} ms`;
}

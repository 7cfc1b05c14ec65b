/** The recordings of lm-evaluation-harness under fixtures/parity/recorded, and the tasks they are of (see the README there). */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Task } from '../../src/evaluation/task.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';

const parity = fileURLToPath(new URL('../../fixtures/parity/', import.meta.url));
/** Public sets that are not part of the project; they lie beside it where there are any. */
const publicData = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

export interface RecordedDoc {
  readonly doc_id: number;
  readonly filter: string;
  /** Hashes of each request's texts, in order. */
  readonly requests: readonly string[];
  /** Per request its answers, as the model gave them. */
  readonly resps: readonly (readonly unknown[])[];
  readonly filtered_resps: readonly unknown[];
  readonly hashes: readonly [doc: string, prompt: string, target: string];
  readonly metrics: Readonly<Record<string, unknown>>;
}

export interface RecordedTask {
  readonly bootstrap_iters: number;
  readonly n_shot: number;
  readonly version: unknown;
  readonly higher_is_better: Readonly<Record<string, boolean>>;
  readonly n_samples: { readonly original: number; readonly effective: number };
  readonly results: Readonly<Record<string, unknown>>;
  readonly config_keys: readonly string[];
  readonly sample_keys: readonly string[];
  readonly generation_kwargs: unknown;
  readonly task_hash: string;
  readonly docs: readonly RecordedDoc[];
}

export interface Recording {
  readonly model: string;
  readonly suite: 'tasks' | 'benchmarks' | 'chat';
  readonly tasks: Readonly<Record<string, RecordedTask>>;
  readonly keys: readonly string[];
  readonly run_config_keys: readonly string[];
}

/** Not the chat prompts, which tests of their own read. */
export const recordings: readonly Recording[] = readdirSync(join(parity, 'recorded'))
  .map((file): Recording => JSON.parse(gunzipSync(readFileSync(join(parity, 'recorded', file))).toString('utf8')))
  .filter(({ suite }) => suite !== 'chat');

export const hasPublicData = existsSync(publicData);

/** The tasks of a recording by name; a problem with any of them is thrown. */
export async function tasksOf(suite: Recording['suite']): Promise<ReadonlyMap<string, Task>> {
  const { tasks, problems } = await loadTasks({ includePaths: [join(parity, suite)] });
  const [problem] = problems;
  if (problem !== undefined) throw problem.error;
  return new Map(tasks.map((task) => [task.summary.name, task]));
}

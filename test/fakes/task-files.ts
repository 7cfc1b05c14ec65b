/** Writes task files and their data into a place of the test. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Task } from '../../src/evaluation/task.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import { temporaryPlace } from './temporary-place.ts';

/** Content by relative path; lists become JSON Lines. */
export type TaskFiles = Readonly<Record<string, string | Buffer | readonly object[]>>;

/** Returns the directory; it goes with the test. */
export async function taskFiles(files: TaskFiles): Promise<string> {
  const place = await temporaryPlace();
  await write(place, files);
  return place;
}

/** Loads the one task of the files, also outside of a test; throws the problem it has. */
export async function loadOne(files: TaskFiles): Promise<Task> {
  const place = await mkdtemp(join(tmpdir(), 'libra-task-'));
  try {
    await write(place, files);
    const { tasks, problems } = await loadTasks({ includePaths: [place] });
    if (problems[0]) throw problems[0].error;
    return tasks[0]!;
  } finally {
    await rm(place, { recursive: true });
  }
}

async function write(place: string, files: TaskFiles): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(place, name);
    await mkdir(dirname(path), { recursive: true });
    const isRows = typeof content !== 'string' && !Buffer.isBuffer(content);
    await writeFile(path, isRows ? content.map((row) => `${JSON.stringify(row)}\n`).join('') : content);
  }
}

/** A choice task over docs.jsonl with further lines. */
export function choiceTask(more = '', name = 'colours'): string {
  return `task: ${name}
dataset_path: json
dataset_kwargs: { data_files: { test: docs.jsonl } }
test_split: test
output_type: multiple_choice
doc_to_text: "{{q}}"
doc_to_choice: choices
doc_to_target: label
${more}
`;
}

export interface ChoiceDoc {
  readonly id: string;
  readonly q: string;
  readonly choices: readonly string[];
  readonly label: number;
}

export function choiceDocs(n: number): ChoiceDoc[] {
  return Array.from({ length: n }, (_, i) => ({
    id: `d${i}`,
    q: `Question ${i}?`,
    choices: ['red', 'green'],
    label: i % 2,
  }));
}

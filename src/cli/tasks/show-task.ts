/** `libra tasks show` and `validate`: one task in words, and its first doc as the model sees it. */

import { exitCodeOf, LibraError } from '../../domain/errors.ts';
import type { Request } from '../../domain/request.ts';
import type { TaskCard } from '../../domain/task.ts';
import { buildRequests, type PromptParts, promptParts } from '../../evaluation/asking/build-requests.ts';
import { expectedText } from '../../evaluation/asking/describe-doc.ts';
import type { Task, TaskDoc } from '../../evaluation/task.ts';
import { asTaskError, type TaskProblem } from '../../evaluation/tasks/task-index.ts';
import { loadTasks } from '../../evaluation/tasks/task-loader.ts';
import type { TasksFlags } from '../commands/tasks.ts';
import { dataSourcesOf } from '../data-sources.ts';
import { createPalette, type Palette, wantsColour } from '../terminal/color.ts';
import { includePathsOf, type TextOutput } from './list-tasks.ts';

/** @throws LIBRA_TASK_UNKNOWN, or the error of a task that can't be loaded */
export async function showTask(name: string, flags: TasksFlags, output: TextOutput): Promise<void> {
  const { tasks, problems } = await loadTasks({
    includePaths: includePathsOf(flags),
    sources: dataSourcesOf(flags),
    only: [name],
  });
  // Of a group whose data are there in part, what is there is shown.
  if (tasks.length === 0) throw problems[0]!.error;
  print(tasks, flags, output);
}

/**
 * Every file is checked and every problem said, not only the first.
 * @returns the exit code: that of the first problem, 0 without one
 */
export async function validateFiles(files: readonly string[], flags: TasksFlags, output: TextOutput): Promise<number> {
  const tasks: Task[] = [];
  const problems: TaskProblem[] = [];
  for (const file of files) {
    const loaded = await loadTasks({ includePaths: [file], sources: dataSourcesOf(flags) }).catch((error: unknown) => ({
      tasks: [],
      problems: [{ file, task: null, error: asTaskError(error, file) }],
    }));
    tasks.push(...loaded.tasks);
    problems.push(...loaded.problems);
    if (loaded.tasks.length + loaded.problems.length === 0) {
      problems.push({
        file,
        task: null,
        error: new LibraError('LIBRA_TASK_INVALID', `${file} holds no task.`, {
          hint: 'A task has a name under `task`; a file that others include has none, and a group is shown by `libra tasks show`.',
        }),
      });
    }
  }
  if (problems.length === 0) print(tasks, flags, output);
  else if (flags.json) {
    const said = problems.map(({ task, file, error: { code, message, hint } }) => ({
      task,
      file,
      code,
      message,
      hint,
    }));
    output.write(`${JSON.stringify({ tasks: tasks.map(described), problems: said })}\n`);
  } else {
    if (tasks.length > 0) print(tasks, flags, output);
    const palette = createPalette(wantsColour(output));
    output.write(
      `${problems.map(({ error }) => `${palette.red(error.message)} ${palette.dim(error.hint)}`).join('\n')}\n`,
    );
  }
  return problems[0] === undefined ? 0 : exitCodeOf(problems[0].error);
}

function print(tasks: readonly Task[], flags: TasksFlags, output: TextOutput): void {
  if (flags.json) {
    const shown = tasks.map(described);
    output.write(`${JSON.stringify(shown.length === 1 ? shown[0] : shown)}\n`);
    return;
  }
  const palette = createPalette(wantsColour(output));
  output.write(`${tasks.map((task) => renderTask(task, palette)).join('\n\n')}\n`);
}

function described(task: Task) {
  return { ...task.summary, file: task.path, example: exampleOf(task) };
}

function exampleOf(task: Task) {
  const doc = task.docs.find((one) => isAskable(task, one)) ?? task.docs[0]!;
  return {
    doc: doc.id,
    requests: buildRequests(task, doc),
    parts: promptParts(task, doc),
    expected: expectedText(task, doc),
  };
}

function isAskable(task: Task, doc: TaskDoc): boolean {
  try {
    return buildRequests(task, doc).length > 0;
  } catch {
    return false;
  }
}

export function renderTask(task: Task, palette: Palette): string {
  const { summary, dataset } = task;
  const { doc, requests, parts, expected } = exampleOf(task);
  const prompt = promptOf(requests[0]!);
  return [
    `${palette.bold(summary.name)} (version ${summary.version}, hash ${summary.hash})`,
    `${summary.outputType}, ${summary.size} docs, ${summary.numFewshot}-shot, ${task.path}`,
    `data: ${dataset.files.join(', ')} (hash ${dataset.hash.slice(0, 16)})`,
    ...dataset.notes.map((note) => palette.yellow(note)),
    `metrics: ${summary.metrics.flatMap(({ metric, higherIsBetter, isAttached }) => (isAttached ? [] : [`${metric} ${higherIsBetter ? '↑' : '↓'}`])).join(', ')}`,
    `capabilities: ${summary.capabilities.join(', ') || 'none: judged as a series of its own'}`,
    ...cardLines(summary.card).map((line) => palette.dim(line)),
    '',
    palette.dim(`What the model sees of doc ${doc}:`),
    ...sections(parts, prompt, palette),
    ...continuations(requests).map((text) => `${palette.dim('-> ')}${JSON.stringify(text)}`),
    palette.dim(`expected: ${expected}`),
    palette.dim(`${[...prompt].length} characters; how many tokens that is, the model decides`),
  ].join('\n');
}

/** Rules between description, examples and question, which the model does not see. */
function sections(parts: PromptParts | null, prompt: string, palette: Palette): string[] {
  if (parts === null) return [prompt];
  const rule = (title: string) => palette.dim(`--- ${title} ---`);
  return [
    ...(parts.description === '' ? [] : [rule('description'), parts.description]),
    ...parts.shots.flatMap((shot, i) => [rule(`example ${i + 1} of ${parts.shots.length}`), shot]),
    rule('question'),
    parts.question,
    rule('answer'),
  ];
}

function cardLines({ kinds, licence, source, notice }: TaskCard): string[] {
  return [
    ...(kinds.length === 0 ? [] : [`kind: ${kinds.join(', ')}`]),
    ...(licence === null ? [] : [`licence: ${licence}`]),
    ...(source === null ? [] : [`source: ${source}`]),
    ...(notice === null ? [] : [`notice: ${notice}`]),
  ];
}

function promptOf(request: Request): string {
  return request.type === 'loglikelihood_rolling' ? request.text : request.context;
}

function continuations(requests: readonly Request[]): string[] {
  return requests.flatMap((request) => (request.type === 'loglikelihood' ? [request.continuation] : []));
}

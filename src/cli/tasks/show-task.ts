/** `libra tasks show` and `validate`: one task in words, and its first doc as the model sees it. */
import type { Request } from '../../domain/request.ts';
import type { TaskCard } from '../../domain/task.ts';
import { buildRequests } from '../../evaluation/build-requests.ts';
import { expectedText } from '../../evaluation/describe-doc.ts';
import type { Task } from '../../evaluation/task.ts';
import { loadTasks } from '../../evaluation/task-loader.ts';
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

/** @throws the error of the file */
export async function validateFile(file: string, flags: TasksFlags, output: TextOutput): Promise<void> {
  const { tasks, problems } = await loadTasks({ includePaths: [file], sources: dataSourcesOf(flags) });
  if (problems.length > 0) throw problems[0]!.error;
  print(tasks, flags, output);
}

function print(tasks: readonly Task[], flags: TasksFlags, output: TextOutput): void {
  if (flags.json) {
    const shown = tasks.map((task) => ({ ...task.summary, file: task.path, example: exampleOf(task) }));
    output.write(`${JSON.stringify(shown.length === 1 ? shown[0] : shown)}\n`);
    return;
  }
  const palette = createPalette(wantsColour(output));
  output.write(`${tasks.map((task) => renderTask(task, palette)).join('\n\n')}\n`);
}

function exampleOf(task: Task) {
  const doc = task.docs[0]!;
  return { doc: doc.id, requests: buildRequests(task, doc), expected: expectedText(task, doc) };
}

export function renderTask(task: Task, palette: Palette): string {
  const { summary } = task;
  const { doc, requests, expected } = exampleOf(task);
  return [
    `${palette.bold(summary.name)} (version ${summary.version}, hash ${summary.hash})`,
    `${summary.outputType}, ${summary.size} docs, ${summary.numFewshot}-shot, ${task.path}`,
    `metrics: ${summary.metrics.map(({ metric, higherIsBetter }) => `${metric} ${higherIsBetter ? '↑' : '↓'}`).join(', ')}`,
    `capabilities: ${summary.capabilities.join(', ') || 'none: judged as a series of its own'}`,
    ...cardLines(summary.card).map((line) => palette.dim(line)),
    '',
    palette.dim(`What the model sees of doc ${doc}:`),
    promptOf(requests[0]!),
    ...continuations(requests).map((text) => `${palette.dim('-> ')}${JSON.stringify(text)}`),
    palette.dim(`expected: ${expected}`),
  ].join('\n');
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

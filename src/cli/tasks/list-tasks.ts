/** `libra tasks list`: every task found, and every file that could not be used with its reason. */
import { LibraError } from '../../domain/errors.ts';
import type { LoadedTasks } from '../../evaluation/task-loader.ts';
import { loadTasks } from '../../evaluation/task-loader.ts';
import type { TasksFlags } from '../commands/tasks.ts';
import { dataSourcesOf } from '../data-sources.ts';
import { columnsOf, createPalette, type Output, type Palette, wantsColour } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';

export type TextOutput = Output & { write(text: string): unknown };

export async function listTasks(flags: TasksFlags, output: TextOutput): Promise<void> {
  const loaded = await loadTasks({ includePaths: includePathsOf(flags), sources: dataSourcesOf(flags) });
  if (flags.json) {
    const problems = loaded.problems.map(({ task, file, error }) => ({
      task,
      file,
      code: error.code,
      message: error.message,
      hint: error.hint,
    }));
    output.write(
      `${JSON.stringify({ tasks: loaded.tasks.map(({ summary, dataset }) => ({ ...summary, dataset })), problems })}\n`,
    );
    return;
  }
  const palette = createPalette(wantsColour(output));
  output.write(`${renderTasks(loaded, palette, output.isTTY ? columnsOf(output, 80) : undefined)}\n`);
}

/** @throws LIBRA_USAGE without one */
export function includePathsOf({ includePath }: TasksFlags): readonly string[] {
  if (includePath !== undefined && includePath.length > 0) return includePath;
  throw new LibraError('LIBRA_USAGE', 'No directory of tasks is named.', { hint: 'Name one with --include-path.' });
}

export function renderTasks({ tasks, problems }: LoadedTasks, palette: Palette, width: number | undefined): string {
  const rows = tasks.map(({ summary }) => [
    summary.name,
    summary.outputType,
    String(summary.size),
    `${summary.numFewshot}`,
    summary.metrics.map(({ metric }) => metric).join(', '),
    summary.capabilities.join(', '),
  ]);
  const table = renderTable(
    [
      { title: 'task' },
      { title: 'kind' },
      { title: 'docs', align: 'right' },
      { title: 'shots', align: 'right' },
      { title: 'metrics' },
      { title: 'capabilities' },
    ],
    rows,
    { palette, width },
  );
  const failed = problems.map(
    ({ task, file, error }) => palette.yellow(`${task ?? file}: ${error.message}`) + palette.dim(` ${error.hint}`),
  );
  const parts = tasks.length > 0 ? [table] : ['No task can be evaluated.'];
  const notes = tasks.flatMap(({ summary, dataset }) => dataset.notes.map((note) => `${summary.name}: ${note}`));
  if (notes.length > 0) parts.push(notes.map((note) => palette.yellow(note)).join('\n'));
  if (failed.length > 0) parts.push([`Not available (${failed.length}):`, ...failed].join('\n'));
  return parts.join('\n\n');
}

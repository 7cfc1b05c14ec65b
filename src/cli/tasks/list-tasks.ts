/** `libra tasks list`: every task found, and every file that could not be used with its reason. */
import { isWithin } from '../../domain/capability.ts';
import { tasksWithin } from '../../evaluation/tasks/task-group.ts';
import type { TaskProblem } from '../../evaluation/tasks/task-index.ts';
import type { LoadedTasks } from '../../evaluation/tasks/task-loader.ts';
import { loadTasks } from '../../evaluation/tasks/task-loader.ts';
import { wildcard } from '../../system/wildcard.ts';
import type { ListFlags, TasksFlags } from '../commands/tasks.ts';
import { dataSourcesOf } from '../data-sources.ts';
import { columnsOf, createPalette, type Output, type Palette, wantsColour } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';

export type TextOutput = Output & { write(text: string): unknown };

export async function listTasks(flags: ListFlags, output: TextOutput, pattern?: string): Promise<void> {
  const loaded = narrowed(
    await loadTasks({ includePaths: includePathsOf(flags), sources: dataSourcesOf(flags) }),
    flags,
    pattern,
  );
  if (flags.json) {
    const problems = loaded.problems.map(({ task, file, error }) => ({
      task,
      file,
      code: error.code,
      message: error.message,
      hint: error.hint,
    }));
    const tasks = loaded.tasks.map(({ summary, dataset }) => ({ ...summary, dataset }));
    output.write(`${JSON.stringify({ tasks, groups: loaded.groups, problems })}\n`);
    return;
  }
  const palette = createPalette(wantsColour(output));
  output.write(`${renderTasks(loaded, palette, output.isTTY ? columnsOf(output, 80) : undefined)}\n`);
}

/** What fits the pattern, the capability and the kind; of what could not be read only its name is known. */
function narrowed(loaded: LoadedTasks, { capability, kind }: ListFlags, pattern = '*'): LoadedTasks {
  const name = wildcard(pattern);
  return {
    tasks: loaded.tasks.filter(
      ({ summary }) =>
        name.test(summary.name) &&
        (capability === undefined || summary.capabilities.some((label) => isWithin(label, capability))) &&
        (kind === undefined || (summary.card.kinds as readonly string[]).includes(kind)),
    ),
    groups: loaded.groups.filter((group) => name.test(group.name)),
    problems: loaded.problems.filter(({ task, file }) => pattern === '*' || name.test(task ?? file)),
  };
}

/** None is the built-in library. */
export function includePathsOf({ includePath }: TasksFlags): readonly string[] {
  return includePath ?? [];
}

export function renderTasks(
  { tasks, groups, problems }: LoadedTasks,
  palette: Palette,
  width: number | undefined,
): string {
  const hasNotices = tasks.some(({ summary }) => summary.card.notice !== null);
  const rows = tasks.map(({ summary }) => [
    summary.name,
    summary.outputType,
    String(summary.size),
    `${summary.numFewshot}`,
    summary.metrics.flatMap(({ metric, isAttached }) => (isAttached ? [] : [metric])).join(', '),
    summary.capabilities.join(', '),
    ...(hasNotices ? [summary.card.notice ?? ''] : []),
  ]);
  const table = renderTable(
    [
      { title: 'task' },
      { title: 'kind' },
      { title: 'docs', align: 'right' },
      { title: 'shots', align: 'right' },
      { title: 'metrics' },
      { title: 'capabilities' },
      ...(hasNotices ? [{ title: 'notice' }] : []),
    ],
    rows,
    { palette, width },
  );
  const failed = alike(problems).map(
    ([{ task, file, error }, ...others]) =>
      palette.yellow(`${task ?? file}${andOthers(others)}: ${error.message}`) + palette.dim(` ${error.hint}`),
  );
  const parts = tasks.length > 0 ? [table] : ['No task can be evaluated.'];
  const notes = tasks.flatMap(({ summary, dataset }) => dataset.notes.map((note) => `${summary.name}: ${note}`));
  if (notes.length > 0) parts.push(notes.map((note) => palette.yellow(note)).join('\n'));
  if (groups.length > 0) {
    parts.push(`Groups: ${groups.map((group) => `${group.name} (${tasksWithin(group).length})`).join(', ')}`);
  }
  if (failed.length > 0) parts.push([`Not available (${problems.length}):`, ...failed].join('\n'));
  return parts.join('\n\n');
}

type Alike = readonly [TaskProblem, ...TaskProblem[]];

/** Fifty subjects of a set that is not there are one thing to do. */
function alike(problems: readonly TaskProblem[]): Alike[] {
  const byHint = new Map<string, Alike>();
  for (const problem of problems) {
    const key = `${problem.error.code} ${problem.error.hint}`;
    const before = byHint.get(key);
    byHint.set(key, before === undefined ? [problem] : [...before, problem]);
  }
  return [...byHint.values()];
}

function andOthers(others: readonly TaskProblem[]): string {
  if (others.length === 0) return '';
  if (others.length > 2) return ` and ${others.length} more (to ${others.at(-1)!.task ?? others.at(-1)!.file})`;
  return others.map(({ task, file }) => `, ${task ?? file}`).join('');
}

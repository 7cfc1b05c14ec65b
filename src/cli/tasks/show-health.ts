/** `libra tasks health`: what the docs of each benchmark alone say against it. */
import { findingsOf, keptHealth, type SetFinding, type SetHealth } from '../../domain/set-health.ts';
import { questionText } from '../../evaluation/asking/describe-doc.ts';
import { setHealth } from '../../evaluation/health/set-health.ts';
import type { Task } from '../../evaluation/task.ts';
import { loadTasks } from '../../evaluation/tasks/task-loader.ts';
import type { TasksFlags } from '../commands/tasks.ts';
import { dataSourcesOf } from '../data-sources.ts';
import { columnsOf, createPalette, type Palette, wantsColour } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';
import { printable } from '../terminal/width.ts';
import { includePathsOf, type TextOutput } from './list-tasks.ts';

const MOST_SHOWN = 3;

/** @param names of tasks, groups, tags or patterns; all found when empty. @throws LIBRA_TASK_UNKNOWN */
export async function showHealth(names: readonly string[], flags: TasksFlags, output: TextOutput): Promise<void> {
  const { tasks, problems } = await loadTasks({
    includePaths: includePathsOf(flags),
    sources: dataSourcesOf(flags),
    ...(names.length === 0 ? {} : { only: names }),
  });
  if (tasks.length === 0 && problems[0] !== undefined) throw problems[0].error;
  const examined = tasks.map((task) => ({ task, health: setHealth(task) }));
  if (flags.json) {
    const shown = examined.map(({ task, health }) => ({
      task: task.summary.name,
      docs: health.docs,
      chance: health.chance,
      commonest_place: health.commonestPlace,
      choices: health.choices,
      copies: health.copies.map((pair) => pair.map((place) => task.docs[place]!.id)),
      findings: findingsOf(keptHealth(health)),
    }));
    output.write(`${JSON.stringify({ tasks: shown })}\n`);
    return;
  }
  const palette = createPalette(wantsColour(output));
  output.write(`${renderHealth(examined, palette, output.isTTY ? columnsOf(output, 80) : undefined)}\n`);
}

interface Examined {
  readonly task: Task;
  readonly health: SetHealth;
}

function renderHealth(examined: readonly Examined[], palette: Palette, width: number | undefined): string {
  const percent = (share: number | null) => (share === null ? '-' : `${(100 * share).toFixed(1)} %`);
  const rows = examined.map(({ task, health }) => [
    task.summary.name,
    health.docs.toLocaleString('en-US'),
    percent(health.chance),
    percent(health.commonestPlace),
    health.copies.length.toLocaleString('en-US'),
    findingsOf(keptHealth(health)).join(', ') || 'sound',
  ]);
  const paint = (cell: string, row: number) =>
    rows[row]!.at(-1) === 'sound' ? palette.dim(cell) : palette.yellow(cell);
  const table = renderTable(
    [
      { title: 'task' },
      { title: 'docs', align: 'right' },
      { title: 'chance', align: 'right' },
      { title: 'commonest place', align: 'right' },
      { title: 'near copies', align: 'right' },
      { title: 'finding', paint },
    ],
    rows,
    { width, palette },
  );
  return [table, ...examined.flatMap((one) => copiesShown(one, palette))].join('\n\n');
}

function copiesShown({ task, health }: Examined, palette: Palette): string[] {
  const findings: readonly SetFinding[] = findingsOf(keptHealth(health));
  if (!findings.includes('near copies')) return [];
  const pairs = health.copies.slice(0, MOST_SHOWN).map(([earlier, later]) => {
    const [a, b] = [task.docs[earlier]!, task.docs[later]!];
    return `  ${printable(a.id)} and ${printable(b.id)}: ${palette.dim(printable(questionText(task, b)))}`;
  });
  const more = health.copies.length - pairs.length;
  return [
    [
      `${task.summary.name}: near copies`,
      ...pairs,
      ...(more > 0 ? [`  and ${more} more (--json lists them)`] : []),
    ].join('\n'),
  ];
}

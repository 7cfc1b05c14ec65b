/** What an import took and what it could not, for a person. Pure. */
import { basename, relative } from 'node:path';
import type { ImportSummary } from '../../daemon/import-evaluations.ts';
import type { ImportPlan } from '../../daemon/plan-import.ts';
import type { ImportTrouble } from '../../evaluation/harness/recorded.ts';
import type { Palette } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';

export interface ImportLook {
  readonly palette: Palette;
  /** Columns of the screen; undefined in a pipe. */
  readonly width: number | undefined;
  /** What was looked through: other paths are shown as from there. */
  readonly root: string;
}

export function renderImport(summary: ImportSummary, look: ImportLook): string {
  const { taken, known } = summary;
  const steps = taken.length === 0 ? '' : ` (steps ${count(taken[0]!)} to ${count(taken.at(-1)!)})`;
  const rows: [string, string][] = [
    ['run', summary.run],
    ['checkpoints', `${count(taken.length)} taken${steps}${known > 0 ? `, ${count(known)} known already` : ''}`],
    ['tasks', `${count(summary.tasks)}${without(summary.withoutDocs)}`],
    ['docs', count(summary.docs)],
    ['series', `${count(summary.series)} at the newest checkpoint`],
    ['alerts', `${count(summary.alerts)} fired`],
  ];
  if (summary.groups.length > 0)
    rows.push(['left out', `${plural(summary.groups.length, 'group')}: means of tasks that are here`]);
  if (summary.judgedAgainFrom !== null) rows.push(['judged again', `from step ${count(summary.judgedAgainFrom)} on`]);
  const lines = rows.map(([name, text]) => `${look.palette.bold(name.padEnd(13))}${text}`);
  return `${renderTroubles(summary.troubles, look)}${lines.join('\n')}`;
}

export function renderImportPlan(plan: ImportPlan, look: ImportLook): string {
  const table = renderTable(
    [
      { title: 'step', align: 'right' },
      { title: 'tasks', align: 'right' },
      { title: 'with samples', align: 'right' },
      { title: 'docs', align: 'right' },
      { title: 'what' },
      { title: 'folder' },
    ],
    plan.checkpoints.map((one) => [
      count(one.step),
      count(one.tasks),
      count(one.with_samples),
      count(one.docs),
      one.is_known ? 'known already' : one.is_new ? 'new' : 'changed',
      short(one.path, look.root),
    ]),
    look,
  );
  const taken = plan.checkpoints.filter((one) => !one.is_known).length;
  const end = `Would take ${plural(taken, 'checkpoint')} into the run ${plan.run}; nothing was touched.`;
  return `${renderTroubles(plan.troubles, look)}${plan.checkpoints.length > 0 ? `${table}\n\n` : ''}${end}`;
}

/** Empty when there is nothing to say, else with an empty line behind it. */
export function renderTroubles(troubles: readonly ImportTrouble[], look: ImportLook): string {
  if (troubles.length === 0) return '';
  const byReason = new Map<string, ImportTrouble[]>();
  for (const trouble of troubles) byReason.set(trouble.reason, [...(byReason.get(trouble.reason) ?? []), trouble]);
  // The same of forty checkpoints is one thing to know.
  const rows = [...byReason].map(([reason, [first, ...others]]) => [
    `${short(first!.path, look.root)}${others.length > 0 ? ` and ${others.length} more` : ''}`,
    reason,
  ]);
  const table = renderTable(
    [{ title: 'not taken', paint: look.palette.yellow }, { title: 'why' }],
    rows.slice(0, SHOWN),
    look,
  );
  const more = rows.length > SHOWN ? `\n... and ${rows.length - SHOWN} more` : '';
  return `${table}${more}\n\n`;
}

const SHOWN = 40;

function without(names: readonly string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 3).join(', ');
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `; ${names.length} without single docs, judged unpaired: ${shown}${more}`;
}

function short(path: string, root: string): string {
  const inner = relative(root, path);
  return inner === '' ? basename(path) : inner.startsWith('..') ? path : inner;
}

function plural(amount: number, noun: string): string {
  return `${count(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

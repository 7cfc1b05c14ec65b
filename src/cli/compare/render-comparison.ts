/** Two checkpoints side by side, for a person: what is sure first, then the whole table, then docs that flipped. Pure. */
import type { ComparisonReply } from '../../daemon/read-comparison.ts';
import { isProbe } from '../../domain/capability.ts';
import type { Palette } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';
import { printable, truncate } from '../terminal/width.ts';

type Row = ComparisonReply['rows'][number];
type Flip = ComparisonReply['flips'][number];

export interface ComparisonLook {
  readonly palette: Palette;
  /** Columns of the screen; undefined in a pipe. */
  readonly width: number | undefined;
}

const LONGEST_TEXT = 160;

export function renderComparison(compared: ComparisonReply, look: ComparisonLook): string {
  const { palette } = look;
  const { a, b, rows, flips, not_compared: left } = compared;
  const parts = [palette.bold(`a: ${printable(a.name)}\nb: ${printable(b.name)}`)];
  if (rows.length > 0) parts.push(summaryOf(rows), tableOf(rows, look), palette.dim(footOf(rows)));
  else parts.push('There is nothing that both have and that can be compared.');
  if (flips.length > 0) parts.push(flipsOf(flips, look));
  if (left.length > 0) {
    const listed = left.map(({ task, reason }) => `  ${printable(task)}: ${printable(reason)}`);
    parts.push(palette.yellow(`Not compared (${left.length}):\n${listed.join('\n')}`));
  }
  const troubles = [...a.troubles, ...b.troubles];
  if (troubles.length > 0) {
    const listed = troubles.map(({ path, reason }) => `  ${printable(path)}: ${printable(reason)}`);
    parts.push(palette.yellow(`Not read:\n${listed.join('\n')}`));
  }
  return parts.join('\n\n');
}

function summaryOf(rows: readonly Row[]): string {
  const tasks = rows.filter(({ task }) => task !== null);
  const count = (verdict: Row['verdict']) => tasks.filter((row) => row.verdict === verdict).length;
  const unknown = count('unknown');
  return (
    `Of ${tasks.length} task${tasks.length === 1 ? '' : 's'}, b is better in ${count('better')}, worse in ${count('worse')}, ` +
    `the same in ${count('same')}${unknown > 0 ? `; ${unknown} without enough evidence` : ''}.`
  );
}

function tableOf(rows: readonly Row[], { palette, width }: ComparisonLook): string {
  const paint = (cell: string, at: number): string => {
    const verdict = rows[at]?.verdict;
    if (verdict === 'worse') return palette.red(cell);
    if (verdict === 'better') return palette.green(cell);
    return verdict === 'unknown' ? palette.dim(cell) : cell;
  };
  return renderTable(
    [
      { title: 'capability or task' },
      { title: 'a', align: 'right' },
      { title: 'b', align: 'right' },
      { title: 'b - a', align: 'right', paint },
      { title: '95 %', align: 'right' },
      { title: 'n', align: 'right' },
      { title: 'p (Holm)', align: 'right' },
      { title: 'lost/gained', align: 'right' },
      { title: 'b is', paint, canShrink: false },
    ],
    rows.map((row) => [
      labelOf(row),
      shown(row, row.a),
      shown(row, row.b),
      signed(row, row.difference),
      `${signed(row, row.ci95[0])} to ${signed(row, row.ci95[1])}`,
      row.is_paired ? String(row.n) : `${row.n} *`,
      row.adjusted_p === null ? '-' : row.adjusted_p < 0.001 ? '< 0.001' : row.adjusted_p.toFixed(3),
      row.is_paired && row.lost + row.gained > 0 ? `${row.lost}/${row.gained}` : '',
      row.verdict === 'unknown' ? 'not enough evidence' : row.verdict,
    ]),
    { palette, width },
  );
}

function labelOf({ capability, task, name }: Row): string {
  if (capability === null) return task!;
  return name.zh === name.en ? name.en : `${name.en} ${name.zh}`;
}

function footOf(rows: readonly Row[]): string {
  const lines = [
    'Intervals are of these two checkpoints on these docs; how checkpoints jitter by themselves is not in them.',
  ];
  if (rows.some((row) => !row.is_paired))
    lines.push('* unpaired: single docs are not known, so each side\u2019s own error counts in full.');
  return lines.join('\n');
}

function flipsOf(flips: readonly Flip[], { palette }: ComparisonLook): string {
  const text = (value: string) => truncate(printable(value.replaceAll(/\s+/gu, ' ').trim()), LONGEST_TEXT);
  const lines = flips.map((flip) => {
    const what = flip.change === 'lost' ? palette.red('right -> wrong') : palette.green('wrong -> right');
    const expected = flip.expected === '' ? '' : `expected ${text(flip.expected)}, `;
    const said = `a said ${text(flip.a ?? 'nothing')}, b said ${text(flip.b ?? 'nothing')}`;
    const question = flip.question === '' ? '' : `\n    ${text(flip.question)}`;
    return `  ${palette.bold(printable(flip.task))} doc ${printable(flip.doc_id)}: ${what}${question}\n    ${expected}${said}`;
  });
  return `Docs that flipped:\n${lines.join('\n')}`;
}

/** Proportions in points of a hundred; other units as they are. */
function isProportion({ metric, capability, a, b }: Row): boolean {
  if (capability !== null && !isProbe(capability) && metric === 'score') return true;
  return [a, b].every((value) => value !== null && value >= 0 && value <= 1) && !/bits|perplexity/.test(metric);
}

function shown(row: Row, value: number | null): string {
  if (value === null) return '-';
  return isProportion(row) ? `${(100 * value).toFixed(1)} %` : value.toFixed(3);
}

function signed(row: Row, value: number | null): string {
  if (value === null) return '-';
  const text = isProportion(row) ? (100 * value).toFixed(1) : value.toFixed(3);
  return value > 0 ? `+${text}` : text;
}

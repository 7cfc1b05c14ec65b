/** What tuning raised and lowered, for a person: what is sure first, then the whole table. Pure. */
import type { presentTax } from '../../daemon/read-alignment-tax.ts';
import { isProbe } from '../../domain/capability.ts';
import type { Palette } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';

type Tax = ReturnType<typeof presentTax>;
type Row = Tax['rows'][number];

export interface TaxLook {
  readonly palette: Palette;
  /** Columns of the screen; undefined in a pipe. */
  readonly width: number | undefined;
  readonly withTasks: boolean;
}

export function renderTax(title: string, tax: Tax, look: TaxLook): string {
  const { palette } = look;
  const nodes = tax.rows.filter(({ capability }) => capability !== null);
  const tasks = tax.rows.filter(({ task }) => task !== null);
  // Tasks without labels have no node to stand in.
  const shown = look.withTasks || nodes.length === 0 ? [...nodes, ...tasks] : nodes;
  const parts = [palette.bold(title), summaryOf(nodes.length > 0 ? nodes : tasks), tableOf(shown, look)];
  if (shown.some((row) => row.asked_differently)) {
    parts.push(palette.dim('* the same docs, but the tuned model was asked through its chat template'));
  }
  if (tax.not_comparable.length > 0) {
    const listed = tax.not_comparable.map(({ task, reason }) => `  ${task}: ${reason}`);
    parts.push(palette.yellow(`Not comparable (${listed.length}):\n${listed.join('\n')}`));
  }
  return parts.join('\n\n');
}

function summaryOf(rows: readonly Row[]): string {
  const count = (verdict: Row['verdict']) => rows.filter((row) => row.verdict === verdict).length;
  const unknown = count('unknown');
  return `${count('raised')} raised, ${count('lowered')} lowered, ${count('same')} the same${unknown > 0 ? `, ${unknown} without enough evidence` : ''}`;
}

function tableOf(rows: readonly Row[], { palette, width }: TaxLook): string {
  const paint = (cell: string, at: number): string => {
    const verdict = rows[at]?.verdict;
    if (verdict === 'lowered') return palette.red(cell);
    if (verdict === 'raised') return palette.green(cell);
    return verdict === 'unknown' ? palette.dim(cell) : cell;
  };
  return renderTable(
    [
      { title: 'capability' },
      { title: 'base', align: 'right' },
      { title: 'tuned', align: 'right' },
      { title: 'change', align: 'right', paint },
      { title: '95 %', align: 'right' },
      { title: 'n', align: 'right' },
      { title: 'docs lost/gained', align: 'right' },
      { title: 'verdict', paint },
    ],
    rows.map((row) => [
      `${row.capability ?? row.task}${row.asked_differently ? ' *' : ''}`,
      shown(row, row.base),
      shown(row, row.tuned),
      signed(row, row.difference),
      `${signed(row, row.ci95[0])} to ${signed(row, row.ci95[1])}`,
      String(row.n),
      `${row.lost}/${row.gained}`,
      row.verdict === 'unknown' ? 'not enough evidence' : row.verdict,
    ]),
    { palette, width },
  );
}

/** Proportions in points of a hundred; other units as they are. */
function isProportion({ metric, capability, base, tuned }: Row): boolean {
  if (capability !== null && !isProbe(capability) && metric === 'score') return true;
  return [base, tuned].every((value) => value !== null && value >= 0 && value <= 1) && !/bits|perplexity/.test(metric);
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

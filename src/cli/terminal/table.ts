/** A table in the terminal: aligned by display width, cut to fit a narrow screen, whole in a pipe. */
import { type Palette, plainPalette } from './color.ts';
import { displayWidth, pad, printable, truncate } from './width.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** May be cut when the screen is narrow; by default text on the left may, numbers on the right never. */
  readonly canShrink?: boolean;
  /** Colours a finished cell by its row's number. */
  readonly paint?: (cell: string, row: number) => string;
}

export interface TableOptions {
  /** Columns of the screen; leave out in a pipe: nothing is cut. */
  readonly width?: number | undefined;
  readonly palette?: Palette;
}

const GAP = '  ';
const NARROWEST = 6;

/** Lines of the table. On a screen too narrow for any table each row becomes a block of `title: value` lines. */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const palette = options.palette ?? plainPalette;
  const cells = rows.map((row) => columns.map((_, c) => printable(row[c] ?? '')));
  const natural = columns.map((column, c) =>
    Math.max(displayWidth(column.title), ...cells.map((row) => displayWidth(row[c] ?? ''))),
  );
  const widths = fitWidths(columns, natural, options.width);
  if (widths === null) return renderBlocks(columns, cells, palette);

  const line = (texts: readonly string[], paint: (cell: string, c: number) => string): string =>
    texts
      .map((text, c) => paint(pad(truncate(text, widths[c]!), widths[c]!, columns[c]!.align), c))
      .join(GAP)
      .trimEnd();
  const head = line(
    columns.map((column) => column.title),
    (cell) => palette.bold(cell),
  );
  const body = cells.map((row, r) => line(row, (cell, c) => columns[c]!.paint?.(cell, r) ?? cell));
  return [head, ...body].join('\n');
}

/** Widths that fit, taking from the widest column that may shrink; null when even that is not enough. */
function fitWidths(columns: readonly Column[], natural: readonly number[], width?: number): number[] | null {
  const widths = [...natural];
  if (width === undefined) return widths;
  const room = width - GAP.length * (columns.length - 1);
  const total = (): number => widths.reduce((sum, one) => sum + one, 0);
  while (total() > room) {
    let widest = -1;
    for (const [c, column] of columns.entries()) {
      const canShrink = column.canShrink ?? column.align !== 'right';
      if (canShrink && widths[c]! > NARROWEST && (widest < 0 || widths[c]! > widths[widest]!)) widest = c;
    }
    if (widest < 0) return null;
    widths[widest]! -= 1;
  }
  return widths;
}

function renderBlocks(columns: readonly Column[], cells: readonly (readonly string[])[], palette: Palette): string {
  return cells
    .map((row, r) =>
      columns
        .map((column, c) => `${palette.bold(`${column.title}:`)} ${column.paint?.(row[c]!, r) ?? row[c]!}`)
        .join('\n'),
    )
    .join('\n\n');
}

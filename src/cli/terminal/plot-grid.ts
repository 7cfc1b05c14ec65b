/** The cells of a chart: a line with eight dots a cell (Braille), a shaded band behind it, points on top; plain ASCII where that can't be shown. */

export interface Glyphs {
  readonly point: string;
  readonly band: string;
  readonly mark: string;
  readonly corner: string;
  readonly horizontal: string;
  readonly tick: string;
  readonly vertical: string;
  readonly axisTick: string;
}

export const UNICODE_GLYPHS: Glyphs = {
  point: '•',
  band: '░',
  mark: '▲',
  corner: '└',
  horizontal: '─',
  tick: '┬',
  vertical: '│',
  axisTick: '┤',
};

export const ASCII_GLYPHS: Glyphs = {
  point: '*',
  band: ':',
  mark: '^',
  corner: '+',
  horizontal: '-',
  tick: '+',
  vertical: '|',
  axisTick: '+',
};

/** Bit of each dot of a Braille cell, by [row][column] (Unicode chapter 21.1). */
const DOTS: readonly (readonly [number, number])[] = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
];

export type CellKind = 'empty' | 'band' | 'line' | 'point';

export interface Cell {
  readonly kind: CellKind;
  readonly text: string;
}

/** x and y run from 0 to 1, y upwards. */
export interface PlotGrid {
  line(x1: number, y1: number, x2: number, y2: number): void;
  point(x: number, y: number): void;
  /** Shades one column of cells between two heights. */
  band(x: number, low: number, high: number): void;
  /** Rows from the top, cells from the left. */
  rows(): Cell[][];
}

export function createPlotGrid(columns: number, rows: number, isUnicode: boolean): PlotGrid {
  const glyphs = isUnicode ? UNICODE_GLYPHS : ASCII_GLYPHS;
  const [across, down] = isUnicode ? [2, 4] : [1, 1];
  const bits = new Uint8Array(columns * rows);
  const kinds: CellKind[] = new Array(columns * rows).fill('empty');
  const raise = (cell: number, kind: CellKind): void => {
    const order: readonly CellKind[] = ['empty', 'band', 'line', 'point'];
    if (order.indexOf(kind) > order.indexOf(kinds[cell]!)) kinds[cell] = kind;
  };
  const scale = (fraction: number, size: number): number =>
    Math.min(size - 1, Math.max(0, Math.round(fraction * (size - 1))));

  return {
    line(x1, y1, x2, y2) {
      const [fromX, toX] = [scale(x1, columns * across), scale(x2, columns * across)];
      const [fromY, toY] = [scale(1 - y1, rows * down), scale(1 - y2, rows * down)];
      const steps = Math.max(Math.abs(toX - fromX), Math.abs(toY - fromY), 1);
      for (let i = 0; i <= steps; i++) {
        const x = Math.round(fromX + ((toX - fromX) * i) / steps);
        const y = Math.round(fromY + ((toY - fromY) * i) / steps);
        const cell = Math.floor(y / down) * columns + Math.floor(x / across);
        bits[cell]! |= DOTS[y % down]![x % across]!;
        raise(cell, 'line');
      }
    },
    point(x, y) {
      const row = Math.floor(scale(1 - y, rows * down) / down);
      raise(row * columns + Math.floor(scale(x, columns * across) / across), 'point');
    },
    band(x, low, high) {
      const column = Math.floor(scale(x, columns * across) / across);
      for (let row = 0; row < rows; row++) {
        const middle = 1 - (row + 0.5) / rows;
        if (middle >= low && middle <= high) raise(row * columns + column, 'band');
      }
    },
    rows: () =>
      Array.from({ length: rows }, (_, row) =>
        Array.from({ length: columns }, (_, column) => {
          const cell = row * columns + column;
          const kind = kinds[cell]!;
          const line = isUnicode ? String.fromCodePoint(0x2800 + bits[cell]!) : '.';
          const text = { empty: ' ', band: glyphs.band, line, point: glyphs.point }[kind];
          return { kind, text };
        }),
      ),
  };
}

/** A trend in the terminal: value over steps with its 95 % band, gaps where nothing was measured, and alerts on the axis. */
import { type Palette, plainPalette } from './color.ts';
import { ASCII_GLYPHS, type Cell, createPlotGrid, type PlotGrid, UNICODE_GLYPHS } from './plot-grid.ts';
import { displayWidth, pad, printable, truncate } from './width.ts';

export interface ChartPoint {
  readonly x: number;
  /** Null where the series has no value: the line breaks. */
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ChartOptions {
  readonly title: string;
  readonly points: readonly ChartPoint[];
  /** Where alerts fired, on the x-axis. */
  readonly marks?: readonly number[];
  /** Columns and rows of the whole drawing, axis included. */
  readonly width: number;
  readonly height?: number;
  readonly isUnicode?: boolean;
  readonly palette?: Palette;
  readonly formatValue?: (value: number) => string;
  readonly formatX?: (x: number) => string;
}

const NARROWEST_PLOT = 10;

/** Text of several lines, none wider than `width` (but at least a plot of 10 columns). */
export function drawChart(options: ChartOptions): string {
  const { palette = plainPalette, isUnicode = true, height = 12 } = options;
  const formatValue = options.formatValue ?? ((value: number) => String(value));
  const formatX = options.formatX ?? ((x: number) => x.toLocaleString('en-US'));
  const glyphs = isUnicode ? UNICODE_GLYPHS : ASCII_GLYPHS;
  const title = palette.bold(truncate(printable(options.title), options.width));
  const points = [...options.points].sort((a, b) => a.x - b.x);
  const measured = points.filter((point) => point.value !== null);
  if (measured.length === 0) return `${title}\n${palette.dim('  nothing measured yet')}`;

  const rows = Math.max(4, height - 3);
  const heights = measured.flatMap((point) => [point.value, point.low, point.high]).filter((y) => y !== null);
  const ticks = niceTicks(Math.min(...heights), Math.max(...heights), Math.max(2, Math.floor(rows / 2)));
  const labels = ticks.map(formatValue);
  const margin = Math.max(...labels.map(displayWidth)) + 2;
  const columns = Math.max(NARROWEST_PLOT, options.width - margin);
  const [bottom, top] = [ticks[0]!, ticks.at(-1)!];
  const [first, last] = [points[0]!.x, points.at(-1)!.x];
  const toX = (x: number): number => (last === first ? 0.5 : (x - first) / (last - first));
  const toY = (y: number): number => (y - bottom) / (top - bottom);

  const grid = createPlotGrid(columns, rows, isUnicode);
  for (const stretch of stretches(points)) drawStretch(grid, stretch, columns, toX, toY);
  if (measured.length * 3 <= columns || measured.length === 1) {
    for (const point of measured) grid.point(toX(point.x), toY(point.value!));
  }

  const tickRows = new Map(ticks.map((tick, i) => [Math.round((1 - toY(tick)) * (rows - 1)), labels[i]!]));
  const plot = grid.rows().map((cells, row) => {
    const label = tickRows.get(row);
    const edge = label === undefined ? glyphs.vertical : glyphs.axisTick;
    return `${palette.dim(`${pad(label ?? '', margin - 2, 'right')} ${edge}`)}${paintCells(cells, palette)}`;
  });
  const column = (x: number): number => Math.round(toX(x) * (columns - 1));
  const xTicks = placeLabels(xTickValues(first, last, columns), column, formatX, columns);
  const marks = new Set((options.marks ?? []).filter((x) => x >= first && x <= last).map(column));
  const axisCells = Array.from({ length: columns }, (_, c) => {
    const isMark = marks.has(c);
    const isTick = xTicks.some((tick) => tick.column === c);
    return { kind: isMark, text: isMark ? glyphs.mark : isTick ? glyphs.tick : glyphs.horizontal };
  });
  const axis = paintRuns(axisCells, (isMark) => (isMark ? palette.red : palette.dim));
  const indent = ' '.repeat(margin - 1);
  return [
    title,
    ...plot,
    `${indent}${palette.dim(glyphs.corner)}${axis}`,
    `${indent} ${palette.dim(labelLine(xTicks))}`,
  ]
    .map((line) => line.trimEnd())
    .join('\n');
}

/** Runs of neighbouring points that all have a value. */
function stretches(points: readonly ChartPoint[]): ChartPoint[][] {
  const found: ChartPoint[][] = [[]];
  for (const point of points) {
    if (point.value === null) found.push([]);
    else found.at(-1)!.push(point);
  }
  return found.filter((stretch) => stretch.length > 0);
}

function drawStretch(
  grid: PlotGrid,
  stretch: readonly ChartPoint[],
  columns: number,
  toX: (x: number) => number,
  toY: (y: number) => number,
): void {
  for (const [i, point] of stretch.entries()) {
    const next = stretch[i + 1] ?? point;
    grid.line(toX(point.x), toY(point.value!), toX(next.x), toY(next.value!));
    if (point.low === null || point.high === null || next.low === null || next.high === null) continue;
    const steps = Math.max(1, Math.ceil(Math.abs(toX(next.x) - toX(point.x)) * columns * 2));
    for (let s = 0; s <= steps; s++) {
      const share = s / steps;
      const mix = (from: number, to: number): number => from + (to - from) * share;
      grid.band(mix(toX(point.x), toX(next.x)), toY(mix(point.low, next.low)), toY(mix(point.high, next.high)));
    }
  }
}

/** Colours neighbours of one kind together, so that a line stays short. */
function paintCells(cells: readonly Cell[], palette: Palette): string {
  return paintRuns(cells, (kind) =>
    kind === 'band' ? palette.dim : kind === 'empty' ? plainPalette.dim : palette.cyan,
  );
}

function paintRuns<Kind>(
  cells: readonly { readonly kind: Kind; readonly text: string }[],
  paintOf: (kind: Kind) => (text: string) => string,
): string {
  let painted = '';
  for (let from = 0; from < cells.length; ) {
    const paint = paintOf(cells[from]!.kind);
    let to = from;
    let run = '';
    while (to < cells.length && paintOf(cells[to]!.kind) === paint) run += cells[to++]!.text;
    painted += paint(run);
    from = to;
  }
  return painted;
}

/** Round values that cover [low, high] in at most about `count` steps of 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const rough = span / Math.max(1, count - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const from = Math.floor(low / step + 1e-9);
  const to = Math.max(from + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: to - from + 1 }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

function xTickValues(first: number, last: number, columns: number): number[] {
  if (first === last) return [first];
  const between = niceTicks(first, last, Math.max(2, Math.floor(columns / 14))).filter((x) => x > first && x < last);
  return [first, last, ...between];
}

interface PlacedLabel {
  readonly column: number;
  readonly start: number;
  readonly text: string;
}

/** Labels under their ticks; the first and the last always, others where they don't touch. */
function placeLabels(
  values: readonly number[],
  column: (x: number) => number,
  format: (x: number) => string,
  columns: number,
): PlacedLabel[] {
  const placed: PlacedLabel[] = [];
  for (const value of values) {
    const text = format(value);
    const at = column(value);
    const start = Math.max(0, Math.min(columns - text.length, at - Math.floor(text.length / 2)));
    const isFree = placed.every(
      (other) => start > other.start + other.text.length || start + text.length < other.start,
    );
    if (isFree) placed.push({ column: at, start, text });
  }
  return placed.sort((a, b) => a.start - b.start);
}

function labelLine(labels: readonly PlacedLabel[]): string {
  return labels.reduce((line, label) => line.padEnd(label.start) + label.text, '');
}

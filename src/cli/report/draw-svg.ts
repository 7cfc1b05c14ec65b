/** One small chart as inline SVG: a line with its 95 % band over steps, broken where nothing was measured or scoring changed, with marks. Colours come from the page. */
import { cleanLine } from '../../alert/clean-text.ts';
import { escapeHtml } from '../../alert/render-html.ts';
import { niceTicks } from '../terminal/chart.ts';
import type { ReportChart, ReportChartPoint } from './report-document.ts';

const WIDTH = 340;
const HEIGHT = 150;
const PLOT = { left: 46, right: 332, top: 8, bottom: 126 };
/** More points than this are a line without dots. */
const MOST_DOTS = 40;

/** An `<svg>` element; one line of text in it where nothing was measured. */
export function drawSvg(chart: ReportChart, emptyText: string): string {
  const label = escapeHtml(cleanLine(`${chart.title} ${chart.note}`, 300));
  const open = `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">`;
  const points = [...chart.points].sort((a, b) => a.x - b.x);
  const measured = points.filter((point) => point.value !== null);
  if (measured.length === 0) return `${open}<text class="tick" x="12" y="40">${escapeHtml(emptyText)}</text></svg>`;
  const heights = measured.flatMap(({ value, low, high }) => [value, low, high]).filter((y) => y !== null);
  // An interval may reach below what the quantity itself can be.
  const floor = measured.every(({ value }) => value! >= 0) ? 0 : Number.NEGATIVE_INFINITY;
  const ticks = niceTicks(Math.max(floor, Math.min(...heights)), Math.max(...heights), 4);
  const [bottom, top] = [ticks[0]!, ticks.at(-1)!];
  const [first, last] = [points[0]!.x, points.at(-1)!.x];
  const x = (at: number): number =>
    PLOT.left + (first === last ? 0.5 : (at - first) / (last - first)) * (PLOT.right - PLOT.left);
  const y = (value: number): number =>
    PLOT.bottom - ((Math.max(value, bottom) - bottom) / (top - bottom)) * (PLOT.bottom - PLOT.top);
  const at = (px: number, value: number): string => `${round(x(px))},${round(y(value))}`;

  const grid = ticks.map(
    (tick) =>
      `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/>` +
      `<text class="tick" text-anchor="end" x="${PLOT.left - 5}" y="${round(y(tick) + 3)}">${escapeHtml(chart.formatValue(tick))}</text>`,
  );
  const ends = [...new Set([first, last])].map((end, i) => {
    const anchor = first === last ? 'middle' : i === 0 ? 'start' : 'end';
    return `<text class="tick" text-anchor="${anchor}" x="${round(x(end))}" y="${HEIGHT - 8}">${escapeHtml(chart.formatX(end))}</text>`;
  });
  const marks = chart.marks
    .filter((mark) => mark.x >= first && mark.x <= last)
    .map(
      (mark) =>
        `<line class="mark ${mark.kind}" x1="${round(x(mark.x))}" x2="${round(x(mark.x))}" y1="${PLOT.top}" y2="${PLOT.bottom}">` +
        `<title>${escapeHtml(cleanLine(mark.text))}</title></line>`,
    );
  const curves = stretches(points).flatMap((stretch) => {
    const banded = stretch.filter(({ low, high }) => low !== null && high !== null);
    const band =
      banded.length > 1
        ? [
            `<polygon class="band" points="${banded.map((point) => at(point.x, point.high!)).join(' ')} ` +
              `${banded
                .map((point) => at(point.x, point.low!))
                .reverse()
                .join(' ')}"/>`,
          ]
        : banded.map(
            (point) =>
              `<line class="whisker" x1="${round(x(point.x))}" x2="${round(x(point.x))}" y1="${round(y(point.low!))}" y2="${round(y(point.high!))}"/>`,
          );
    const line = `<polyline class="line" points="${stretch.map((point) => at(point.x, point.value!)).join(' ')}"/>`;
    return stretch.length > 1 ? [...band, line] : band;
  });
  const alone = new Set(stretches(points).flatMap((stretch) => (stretch.length === 1 ? stretch : [])));
  const dots = measured
    .filter((point) => measured.length <= MOST_DOTS || point.tone !== 'plain' || alone.has(point))
    .map(
      (point) =>
        `<circle class="dot ${point.tone}" cx="${round(x(point.x))}" cy="${round(y(point.value!))}" r="${point.tone === 'plain' ? 1.8 : 3.2}">` +
        `<title>${escapeHtml(`${chart.formatX(point.x)}: ${sayPoint(point, chart)}`)}</title></circle>`,
    );
  const gaps = points
    .filter((point) => point.value === null)
    .map(
      (point) => `<text class="gap" text-anchor="middle" x="${round(x(point.x))}" y="${PLOT.bottom + 4}">&#215;</text>`,
    );
  return `${open}${[...grid, ...ends, ...marks, ...curves, ...dots, ...gaps].join('')}</svg>`;
}

function sayPoint({ value, low, high }: ReportChartPoint, { formatValue }: ReportChart): string {
  const interval = low === null || high === null ? '' : ` [${formatValue(low)}, ${formatValue(high)}]`;
  return `${formatValue(value!)}${interval}`;
}

/** Runs of neighbouring points that were measured in the same way. */
function stretches(points: readonly ReportChartPoint[]): ReportChartPoint[][] {
  const found: ReportChartPoint[][] = [];
  let isOpen = false;
  for (const point of points) {
    const previous = isOpen ? found.at(-1)!.at(-1)! : null;
    if (point.value === null) isOpen = false;
    else if (previous !== null && previous.segment === point.segment) found.at(-1)!.push(point);
    else {
      found.push([point]);
      isOpen = true;
    }
  }
  return found;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** How a capability moved, as a picture for a message: its points with their intervals, and where the drop began. No words, no colours of a page. */
import { isProportion } from './say.ts';
import { strokeText } from './stroke-text.ts';

export interface TrendPoint {
  readonly step: number;
  readonly value: number;
  /** Ends of its 95 % interval. */
  readonly low: number;
  readonly high: number;
}

export interface AlertTrend {
  readonly name: { readonly en: string; readonly zh: string };
  readonly metric: string;
  /** In the order of their steps. */
  readonly points: readonly TrendPoint[];
  /** Last good step and first bad one. */
  readonly changeBetween: readonly [number, number];
  /** Level before the drop. */
  readonly reference: number;
}

export const PICTURE_WIDTH = 600;
const HEIGHT = 170;
const EDGE = { left: 54, right: 14, top: 12, bottom: 28 };
/** Seen on white and on black. */
const INK = { line: '#3b82f6', bad: '#e5484d', grey: '#8b8d98' } as const;
const DIGITS = 9;
const STEP_ROOM = 48;

/** An SVG with a clear ground. At least one point is needed. */
export function drawTrend({ points, changeBetween, reference, metric }: AlertTrend): string {
  const [lowest, highest] = valueRange(points, reference);
  const [first, last] = [points[0]!.step, points.at(-1)!.step];
  const x = (step: number) =>
    at(EDGE.left, PICTURE_WIDTH - EDGE.right, last === first ? 0.5 : (step - first) / (last - first));
  const y = (value: number) => at(HEIGHT - EDGE.bottom, EDGE.top, (value - lowest) / (highest - lowest));
  const [good, bad] = changeBetween;
  const isBad = ({ step }: TrendPoint) => step >= bad;
  const [from, to] = [clamp(x(good)), clamp(x(bad))];
  const bars = points.map(
    (point) =>
      `<path d="M${x(point.step)} ${y(point.low)}V${y(point.high)}" stroke="${isBad(point) ? INK.bad : INK.line}" stroke-width="5" stroke-opacity=".28" stroke-linecap="round"/>`,
  );
  const dots = points.map(
    (point) =>
      `<circle cx="${x(point.step)}" cy="${y(point.value)}" r="3" fill="${isBad(point) ? INK.bad : INK.line}"/>`,
  );
  const line = points.map(({ step, value }) => `${x(step)} ${y(value)}`).join('L');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PICTURE_WIDTH} ${HEIGHT}" width="${PICTURE_WIDTH}" height="${HEIGHT}" fill="none">`,
    `<path d="M${EDGE.left} ${HEIGHT - EDGE.bottom}H${PICTURE_WIDTH - EDGE.right}" stroke="${INK.grey}" stroke-opacity=".5"/>`,
    `<rect x="${Math.min(from, to - 2)}" y="${EDGE.top}" width="${Math.max(2, to - from)}" height="${HEIGHT - EDGE.top - EDGE.bottom}" fill="${INK.bad}" fill-opacity=".16"/>`,
    `<path d="M${EDGE.left} ${y(reference)}H${PICTURE_WIDTH - EDGE.right}" stroke="${INK.grey}" stroke-dasharray="5 4"/>`,
    ...bars,
    `<path d="M${line}" stroke="${INK.line}" stroke-width="1.5" stroke-opacity=".7"/>`,
    ...dots,
    numbers(
      [lowest, highest, reference].map((value) => ({ text: sayValue(value, metric), at: y(value) })),
      [first, bad, last].map((step) => ({ text: sayStepShort(step), at: clamp(x(step)) })),
    ),
    '</svg>',
  ].join('');
}

/** One whose place is taken by a number before it is left out. */
function numbers(
  values: readonly { readonly text: string; readonly at: number }[],
  steps: readonly { readonly text: string; readonly at: number }[],
): string {
  const rows = values.filter((one, i) => values.slice(0, i).every((other) => Math.abs(other.at - one.at) > DIGITS + 4));
  const columns = steps.filter((one, i) => steps.slice(0, i).every((other) => Math.abs(other.at - one.at) > STEP_ROOM));
  const edge = PICTURE_WIDTH - EDGE.right;
  const paths = [
    ...rows.map(({ text, at: y }) => strokeText({ text, x: EDGE.left - 8, y, size: DIGITS, anchor: 'end' })),
    ...columns.map(({ text, at: x }) =>
      strokeText({
        text,
        x,
        y: HEIGHT - EDGE.bottom + 14,
        size: DIGITS,
        anchor: x < EDGE.left + 20 ? 'start' : x > edge - 20 ? 'end' : 'middle',
      }),
    ),
  ];
  return `<path d="${paths.join('')}" stroke="${INK.grey}" stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round"/>`;
}

/** With a little room above and below. */
function valueRange(points: readonly TrendPoint[], reference: number): [number, number] {
  const ends = [reference, ...points.flatMap(({ low, high, value }) => [low, high, value])].filter(Number.isFinite);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = high === low ? Math.max(0.01, 0.1 * Math.abs(high)) : 0.06 * (high - low);
  return [low - room, high + room];
}

const at = (from: number, to: number, share: number): number => Math.round(100 * (from + (to - from) * share)) / 100;

const clamp = (x: number): number => Math.min(PICTURE_WIDTH - EDGE.right, Math.max(EDGE.left, x));

function sayValue(value: number, metric: string): string {
  return isProportion(metric) ? `${(100 * value).toFixed(1)}%` : String(Number(value.toPrecision(3)));
}

/** `880`, `12k`, `1.25M`. */
function sayStepShort(step: number): string {
  if (step >= 1e6) return `${Number((step / 1e6).toFixed(2))}M`;
  return step >= 1e4 ? `${Number((step / 1e3).toFixed(1))}k` : String(step);
}

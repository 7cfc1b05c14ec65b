/** A run's trend as text: a chart of what was asked for, a table of the rest, and the alerts. */

import type { EngineShift } from '../../daemon/read-bridges.ts';
import type { TrendReply, TrendSeriesReply } from '../../daemon/read-trend.ts';
import { isWithin, WHOLE } from '../../domain/capability.ts';
import { drawSparkline } from '../../system/sparkline.ts';
import { drawChart } from '../terminal/chart.ts';
import type { Palette } from '../terminal/color.ts';
import { renderTable } from '../terminal/table.ts';
import { printable } from '../terminal/width.ts';

export interface RenderTrendOptions {
  readonly name: string;
  /** What was asked for. */
  readonly trend: TrendReply;
  /** All series of the run. */
  readonly everything: TrendReply;
  /** False when nothing special was asked for: the whole is charted. */
  readonly isChosen: boolean;
  readonly width: number;
  readonly palette: Palette;
  readonly isUnicode: boolean;
}

const MOST_CHARTS = 6;

export function renderTrend(options: RenderTrendOptions): string {
  const { trend, everything, palette } = options;
  if (everything.series.length === 0)
    return `${palette.bold(printable(options.name))}: no checkpoint was evaluated yet.`;
  const charted = options.isChosen ? trend.series.slice(0, MOST_CHARTS) : overall(everything.series);
  const listed = options.isChosen
    ? below(charted, everything.series)
    : everything.series.filter((one) => !charted.includes(one));
  const blocks = [
    ...charted.map((series) => chartOf(series, options)),
    listed.length > 0 ? tableOf(listed, options) : '',
    trend.series.length > charted.length && options.isChosen
      ? palette.dim(
          `${trend.series.length - charted.length} more series fit; name one with --metric or --json them all.`,
        )
      : '',
    alertLines(trend, palette),
    engineLines(charted, trend, palette),
  ];
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** The whole; without capabilities the first task. */
function overall(series: readonly TrendSeriesReply[]): TrendSeriesReply[] {
  const whole = series.find((one) => one.capability === WHOLE) ?? series[0];
  return whole === undefined ? [] : [whole];
}

/** Nodes below the charted ones. */
function below(charted: readonly TrendSeriesReply[], series: readonly TrendSeriesReply[]): TrendSeriesReply[] {
  return series.filter(
    ({ capability }) =>
      capability !== null &&
      charted.some(
        (node) => node.capability !== null && node.capability !== capability && isWithin(capability, node.capability),
      ),
  );
}

function chartOf(series: TrendSeriesReply, { trend, width, palette, isUnicode }: RenderTrendOptions): string {
  const last = series.points.findLast((point) => point.value !== null);
  const newest =
    last === undefined ? '' : `  ${valueText(last, series.unit)} at step ${last.step.toLocaleString('en-US')}`;
  const unit = series.unit === '' || series.unit === 'proportion' ? '' : `, ${series.unit}`;
  const metric = series.metric === 'score' ? '' : ` (${series.metric}${unit})`;
  return drawChart({
    title: `${titleOf(series)}${metric}${newest}`,
    points: series.points.map(({ step, value, ci95: [low, high] }) => ({ x: step, value, low, high })),
    marks: trend.alerts.flatMap((alert) => (alert.step === null ? [] : [alert.step])),
    width,
    height: 14,
    isUnicode,
    palette,
    formatValue: (value) => figure(value, series.unit),
  });
}

function tableOf(series: readonly TrendSeriesReply[], { width, palette, isUnicode }: RenderTrendOptions): string {
  const rows = series.map((one) => {
    const last = one.points.findLast((point) => point.value !== null);
    const values = one.points.map((point) => point.value);
    const [low, high] = last?.ci95 ?? [null, null];
    return {
      verdict: last?.verdict ?? '',
      cells: [
        `${titleOf(one)}${one.metric === 'score' ? '' : ` ${one.metric}`}`,
        last === undefined ? '-' : figure(last.value!, one.unit),
        low === null || high === null ? '' : `${figure(low, one.unit)} to ${figure(high, one.unit)}`,
        last === undefined ? '' : last.n.toLocaleString('en-US'),
        last?.verdict ?? '',
        isUnicode ? drawSparkline(values, 20) : '',
      ],
    };
  });
  const paintVerdict = (cell: string, row: number): string => {
    const verdict = rows[row]!.verdict;
    if (verdict === 'worse') return palette.red(cell);
    return verdict === 'suspected'
      ? palette.yellow(cell)
      : verdict === 'better'
        ? palette.green(cell)
        : palette.dim(cell);
  };
  const columns = [
    { title: 'series' },
    { title: 'now', align: 'right' as const },
    { title: '95 %', align: 'right' as const },
    { title: 'docs', align: 'right' as const },
    { title: 'verdict', canShrink: false, paint: paintVerdict },
    ...(isUnicode ? [{ title: 'steps', canShrink: false }] : []),
  ];
  return renderTable(
    columns,
    rows.map((row) => row.cells),
    { width, palette },
  );
}

function alertLines({ alerts }: TrendReply, palette: Palette): string {
  return alerts
    .map((alert) => {
      const since = alert.since_step === null ? '' : `, since step ${alert.since_step.toLocaleString('en-US')}`;
      const step = alert.step === null ? '' : `step ${alert.step.toLocaleString('en-US')}: `;
      const isOpen = alert.state === 'firing' || alert.state === 'acknowledged';
      const line = `${step}${printable(alert.title)} (${alert.state}${since})`;
      return isOpen ? palette.red(line) : palette.dim(line);
    })
    .join('\n');
}

/** What the change of engine alone did to what is charted. */
function engineLines(
  charted: readonly TrendSeriesReply[],
  { engine_changes: changes }: TrendReply,
  palette: Palette,
): string {
  return changes
    .map(({ from, to, steps, shifts }) => {
      const listed = steps.map((step) => step.toLocaleString('en-US')).join(', ');
      const moved = charted.flatMap((series) => {
        const shift = shifts.find((each) => each.capability === series.capability && each.task === series.task);
        return shift === undefined ? [] : [`${titleOf(series)} ${shiftText(shift, series.unit)}`];
      });
      const what = moved.length === 0 ? '' : `: the same weights moved by ${moved.join('; ')}`;
      return palette.dim(`engine changed (${from} -> ${to}), which answered steps ${listed} once more${what}`);
    })
    .join('\n');
}

function shiftText({ difference, ci95: [low, high] }: EngineShift, unit: string): string {
  const signed = (value: number) => `${value < 0 ? '-' : '+'}${figure(Math.abs(value), unit).replace(' %', '')}`;
  const points = unit === 'proportion' ? ' points' : '';
  return `${signed(difference)}${points} [${signed(low)}, ${signed(high)}]`;
}

function titleOf({ capability, name }: TrendSeriesReply): string {
  if (capability === null) return printable(name.en);
  return printable(name.zh === name.en ? name.en : `${name.en} ${name.zh}`);
}

function valueText({ value, ci95: [low, high] }: TrendSeriesReply['points'][number], unit: string): string {
  const interval = low === null || high === null ? '' : ` [${figure(low, unit)}, ${figure(high, unit)}]`;
  return `${figure(value!, unit)}${interval}`;
}

/** Per cent for proportions, else four significant digits. */
function figure(value: number, unit: string): string {
  return unit === 'proportion' ? `${(value * 100).toFixed(1)} %` : String(Number(value.toPrecision(4)));
}

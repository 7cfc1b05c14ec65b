/** The trend chart as ECharts draws it: curves with their bands, training below on the same axis, alerts and changes as lines through all. */
import type { EChartsOption } from 'echarts';
import type { TrendsReply } from '../../api/contract.ts';
import { figure, short } from '../format.ts';
import type { ChartColors } from './chart-colors.ts';
import { stretchesOf } from './sparkline.tsx';
import { type Panel, telemetryPanels } from './telemetry-panels.ts';
import type { Series, TrendFrame } from './trend-frame.ts';

export interface TrendDrawing {
  readonly frame: TrendFrame;
  readonly chosen: readonly Series[];
  readonly trends: TrendsReply;
  readonly isLog: boolean;
  readonly language: 'en' | 'zh';
  /** Checkpoints chosen for a comparison. */
  readonly picked: readonly string[];
  readonly words: {
    readonly loss: string;
    readonly learningRate: string;
    readonly gradNorm: string;
    readonly dataMix: string;
  };
}

export const MAIN_HEIGHT = 300;
const PANEL_HEIGHT = 74;
const GAP = 26;
const TOP = 40;
const BOTTOM = 70;
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'roundRect', 'pin'];
const MOST_SYMBOLS = 120;

export function trendHeight(panels: number): number {
  return TOP + MAIN_HEIGHT + panels * (PANEL_HEIGHT + GAP) + BOTTOM;
}

export function trendOption(drawing: TrendDrawing, colors: ChartColors, width: number): EChartsOption {
  const { frame, chosen, trends, words } = drawing;
  const panels = telemetryPanels(frame, trends.telemetry, words, colors);
  const units = [...new Set(chosen.map(({ unit }) => unit))].slice(0, 2);
  const side = { left: width < 560 ? 46 : 62, right: units.length > 1 ? 56 : 18 };
  const tops = panels.map((_, index) => TOP + MAIN_HEIGHT + GAP + index * (PANEL_HEIGHT + GAP));
  const grids = [
    { ...side, top: TOP, height: MAIN_HEIGHT },
    ...tops.map((top) => ({ ...side, top, height: PANEL_HEIGHT })),
  ];
  return {
    textStyle: { fontFamily: 'inherit' },
    grid: grids,
    xAxis: grids.map((_, index) => xAxis(drawing, colors, index, index === grids.length - 1)),
    yAxis: [
      ...units.map((unit, index) => mainAxis(unit, index, chosen, colors)),
      ...panels.map((panel, index) => panelAxis(panel, index + 1, colors)),
    ],
    dataZoom: [
      {
        type: 'slider',
        xAxisIndex: grids.map((_, index) => index),
        bottom: 10,
        height: 20,
        showDetail: false,
        borderColor: colors.line,
      },
    ],
    legend: {
      top: 4,
      type: 'scroll',
      textStyle: { color: colors.ink },
      data: chosen.map((series) => nameOf(series, drawing.language)),
      pageIconColor: colors.blue,
      pageTextStyle: { color: colors.soft },
    },
    series: [
      ...chosen.flatMap((series, index) =>
        curvesOf(series, index, Math.max(0, units.indexOf(series.unit)), drawing, colors),
      ),
      ...panels.flatMap((panel, index) => panel.series(index + 1, units.length + index)),
      marksOf(drawing, colors),
    ],
  };
}

export function nameOf(series: Series, language: 'en' | 'zh'): string {
  return series.capability === null ? `${series.name[language]} · ${series.metric}` : series.name[language];
}

function xAxis({ frame, isLog }: TrendDrawing, colors: ChartColors, gridIndex: number, isLast: boolean): object {
  const first = frame.stops[0]?.x;
  return {
    gridIndex,
    type: frame.axis === 'time' ? 'time' : isLog ? 'log' : 'value',
    scale: true,
    ...(first !== undefined && isLog && frame.axis !== 'time' ? { min: Math.max(1, first) } : {}),
    max: 'dataMax',
    axisLabel: isLast
      ? {
          color: colors.soft,
          hideOverlap: true,
          ...(frame.axis === 'time' ? {} : { formatter: (x: number) => short(x) }),
        }
      : { show: false },
    axisLine: { lineStyle: { color: colors.line } },
    axisTick: { show: isLast },
    splitLine: { show: false },
  };
}

/** Reaches over the bands too, not only over the curves. */
function mainAxis(unit: string, index: number, chosen: readonly Series[], colors: ChartColors): object {
  const points = chosen.filter((series) => series.unit === unit).flatMap((series) => series.points);
  const reached = points.flatMap(({ value, ci95 }) => [value, ...ci95]).filter((one) => one !== null);
  const [least, most] = [Math.min(...reached), Math.max(...reached)];
  return {
    ...(reached.length > 0
      ? {
          min: ({ min }: Extent) => roundOut(Math.min(min, least), -1, most - least),
          max: ({ max }: Extent) => roundOut(Math.max(max, most), 1, most - least),
        }
      : {}),
    gridIndex: 0,
    type: 'value',
    scale: true,
    position: index === 0 ? 'left' : 'right',
    name: unit === 'proportion' ? '' : unit,
    nameLocation: 'middle',
    nameRotate: 90,
    nameGap: 36,
    nameTextStyle: { color: colors.soft },
    axisLabel: {
      color: colors.soft,
      formatter: (value: number) => (unit === 'proportion' ? `${Math.round(value * 100)} %` : figure(value, unit)),
    },
    splitLine: { show: index === 0, lineStyle: { color: colors.line } },
  };
}

function panelAxis(panel: Panel, gridIndex: number, colors: ChartColors): object {
  return {
    gridIndex,
    type: 'value',
    scale: !panel.isShare,
    ...(panel.isShare ? { min: 0, max: 1 } : {}),
    name: panel.name,
    nameTextStyle: { color: colors.soft, align: 'left', padding: [0, 0, -4, 0], rich: panel.rich },
    splitNumber: 2,
    axisLabel: {
      color: colors.soft,
      fontSize: 10,
      formatter: (value: number) =>
        panel.isShare ? `${Math.round(value * 100)} %` : String(Number(value.toPrecision(2))),
    },
    splitLine: { lineStyle: { color: colors.line } },
  };
}

interface Extent {
  readonly min: number;
  readonly max: number;
}

/** To the next round figure outwards, so that the ends of the axis are readable. */
function roundOut(value: number, direction: 1 | -1, range: number): number {
  const unit = range > 0 ? 10 ** Math.floor(Math.log10(range)) / 2 : 1;
  return (direction === 1 ? Math.ceil(value / unit) : Math.floor(value / unit)) * unit;
}

/** Another way of scoring begins another curve; a checkpoint that was not measured leaves a gap. */
function curvesOf(
  series: Series,
  index: number,
  yAxisIndex: number,
  { frame, language }: TrendDrawing,
  colors: ChartColors,
): object[] {
  const color = colors.series[index % colors.series.length]!;
  const points = series.points.map((point) => ({
    x: frame.xOf(point),
    y: point.value,
    low: point.ci95[0],
    high: point.ci95[1],
    segment: point.segment,
    point,
  }));
  const placed = points.filter((point) => point.x !== null).sort((a, b) => a.x! - b.x!);
  return stretchesOf(placed).flatMap((stretch, at) => {
    const banded = stretch.filter(({ low, high }) => low !== null && high !== null);
    const outline = [
      ...banded.map(({ x, high }) => [x!, high!]),
      ...[...banded].reverse().map(({ x, low }) => [x!, low!]),
    ];
    return [
      ...(banded.length > 1
        ? [
            {
              id: `band-${index}-${at}`,
              name: nameOf(series, language),
              type: 'custom',
              xAxisIndex: 0,
              yAxisIndex,
              silent: true,
              clip: true,
              itemStyle: { color },
              z: 1,
              data: [outline[0]!],
              renderItem: band(outline, color),
            },
          ]
        : []),
      {
        id: `curve-${index}-${at}`,
        name: nameOf(series, language),
        type: 'line',
        xAxisIndex: 0,
        yAxisIndex,
        z: 3,
        color,
        itemStyle: { color },
        symbol: SYMBOLS[index % SYMBOLS.length],
        symbolSize: 6,
        showSymbol: placed.length <= MOST_SYMBOLS,
        lineStyle: { width: 2 },
        data: stretch.map(({ x, y, point }) => ({
          value: [x!, y!],
          ...(point.verdict === 'worse'
            ? { symbolSize: 11, itemStyle: { color: colors.card, borderColor: colors.red, borderWidth: 3 } }
            : {}),
        })),
      },
    ];
  });
}

type Coordinates = { readonly coord: (at: number[]) => number[] };

function band(outline: readonly number[][], color: string) {
  return (_: unknown, api: Coordinates) => ({
    type: 'polygon',
    shape: { points: outline.map((corner) => api.coord(corner)) },
    style: { fill: color, opacity: 0.15 },
  });
}

/** Lines through the main chart: alerts red, the team's changes blue and dotted, chosen checkpoints solid. */
function marksOf({ frame, trends, picked }: TrendDrawing, colors: ChartColors): object {
  const alerts = trends.alerts.flatMap(({ step }) =>
    line(step === null ? null : frame.xOfStep(step), colors.red, 'dashed', '▲'),
  );
  const changes = trends.interventions.flatMap(({ step }) => line(frame.xOfStep(step), colors.blue, 'dotted', '✎'));
  const chosen = frame.stops
    .filter(({ checkpoint }) => picked.includes(checkpoint))
    .flatMap(({ x }, at) => line(x, colors.ink, 'solid', at === 0 ? 'a' : 'b'));
  return {
    id: 'marks',
    type: 'line',
    xAxisIndex: 0,
    yAxisIndex: 0,
    data: [],
    silent: true,
    markLine: { symbol: 'none', silent: true, animation: false, data: [...alerts, ...changes, ...chosen] },
  };
}

function line(x: number | null, color: string, type: string, text: string): object[] {
  return x === null
    ? []
    : [
        {
          xAxis: x,
          lineStyle: { color, type, width: 1.5 },
          label: { formatter: text, color, position: 'end', distance: 2 },
        },
      ];
}

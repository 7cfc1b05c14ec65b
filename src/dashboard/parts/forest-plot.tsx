/** Differences with their intervals, a row each, about a line where nothing changed. */
import type { EChartsOption } from 'echarts';
import { difference, interval, unitOf } from '../format.ts';
import { useObservable } from '../observable.ts';
import type { ComparedRow } from '../pages/compare.tsx';
import { language } from '../settings.ts';
import { useWords } from '../words.ts';
import { Chart } from './chart.tsx';
import type { ChartColors } from './chart-colors.ts';

interface Placed {
  readonly coord: (at: number[]) => number[];
  readonly value: (dimension: number) => number;
}

/** Only proportions share an axis; the others stand in the table. */
export function ForestPlot({ name, rows }: { readonly name: string; readonly rows: readonly ComparedRow[] }) {
  const words = useWords();
  const now = useObservable(language);
  const shown = rows.filter(
    (row) =>
      row.difference !== null &&
      row.ci95[0] !== null &&
      row.ci95[1] !== null &&
      unitOf(row.metric, row.a) === 'proportion',
  );
  const nameOf = (row: ComparedRow) => (row.task === null ? row.name[now] : `${row.task} · ${row.metric}`);
  const option = (colors: ChartColors, width: number): EChartsOption => {
    const isNarrow = width < 620;
    const colorOf = ({ verdict }: ComparedRow) =>
      verdict === 'worse' ? colors.series[1]! : verdict === 'better' ? colors.series[0]! : colors.soft;
    return {
      textStyle: { fontFamily: 'inherit' },
      grid: { left: isNarrow ? 120 : 220, right: isNarrow ? 12 : 170, top: 6, bottom: 26 },
      xAxis: {
        type: 'value',
        axisLabel: { color: colors.soft, formatter: (value: number) => difference(value, 'proportion') },
        splitLine: { lineStyle: { color: colors.line } },
      },
      yAxis: [
        {
          type: 'category',
          inverse: true,
          data: shown.map(nameOf),
          axisTick: { show: false },
          axisLine: { show: false },
          axisLabel: { color: colors.ink, width: isNarrow ? 110 : 205, overflow: 'truncate' },
        },
        {
          type: 'category',
          inverse: true,
          position: 'right',
          data: shown.map((row) => `${difference(row.difference, 'proportion')} ${interval(row.ci95, 'proportion')}`),
          axisTick: { show: false },
          axisLine: { show: false },
          axisLabel: { show: !isNarrow, color: colors.soft },
        },
      ],
      series: [
        {
          type: 'custom',
          data: shown.map((row, index) => [index, row.difference!, row.ci95[0]!, row.ci95[1]!]),
          encode: { x: [1, 2, 3], y: 0 },
          renderItem: (({ dataIndex }: { dataIndex: number }, api: Placed) =>
            drawRow(api, colorOf(shown[dataIndex]!))) as never,
          markLine: {
            symbol: 'none',
            silent: true,
            animation: false,
            label: { show: false },
            lineStyle: { color: colors.ink, type: 'solid', width: 1 },
            data: [{ xAxis: 0 }],
          },
        },
        // Gives the right axis its place; draws nothing.
        { type: 'scatter', yAxisIndex: 1, data: [] },
      ],
    };
  };
  return (
    <Chart
      name={`compare-${name}`}
      label={`${words.compare.forest}: ${shown
        .slice(0, 6)
        .map((row) => `${nameOf(row)} ${difference(row.difference, 'proportion')}`)
        .join(', ')}`}
      height={shown.length * 26 + 40}
      option={option}
      inputs={[rows, now]}
      csv={() => ({
        head: ['capability', 'task', 'metric', 'a', 'b', 'difference', 'low', 'high', 'n', 'adjusted_p', 'verdict'],
        rows: rows.map((row) => [
          row.capability,
          row.task,
          row.metric,
          row.a,
          row.b,
          row.difference,
          row.ci95[0],
          row.ci95[1],
          row.n,
          row.adjusted_p,
          row.verdict,
        ]),
      })}
    />
  );
}

function drawRow(api: Placed, color: string): object {
  const [x, y] = api.coord([api.value(1), api.value(0)]) as [number, number];
  const [low] = api.coord([api.value(2), api.value(0)]) as [number, number];
  const [high] = api.coord([api.value(3), api.value(0)]) as [number, number];
  const bar = (x1: number, y1: number, x2: number, y2: number) => ({
    type: 'line',
    shape: { x1, y1, x2, y2 },
    style: { stroke: color, lineWidth: 2 },
  });
  return {
    type: 'group',
    children: [
      bar(low, y, high, y),
      bar(low, y - 4, low, y + 4),
      bar(high, y - 4, high, y + 4),
      { type: 'rect', shape: { x: x - 4, y: y - 4, width: 8, height: 8 }, style: { fill: color } },
    ],
  };
}

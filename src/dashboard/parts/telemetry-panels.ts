/** What training says about itself, a panel each: only those it says anything for. */
import type { ChartColors } from './chart-colors.ts';
import type { Telemetry, TrendFrame } from './trend-frame.ts';

export interface Panel {
  readonly name: string;
  /** Drawn from 0 to 100 %, stacked. */
  readonly isShare: boolean;
  /** Styles of the marked parts of the name, as ECharts wants them. */
  readonly rich: Readonly<Record<string, object>>;
  readonly series: (gridIndex: number, yAxisIndex: number) => object[];
}

interface PanelWords {
  readonly loss: string;
  readonly learningRate: string;
  readonly gradNorm: string;
  readonly dataMix: string;
}

const FIGURES = [
  ['loss', 'loss'],
  ['learning_rate', 'learningRate'],
  ['grad_norm', 'gradNorm'],
] as const;

/** Empty on an axis of time: training says none. */
export function telemetryPanels(
  frame: TrendFrame,
  telemetry: readonly Telemetry[],
  words: PanelWords,
  colors: ChartColors,
): Panel[] {
  if (frame.axis === 'time') return [];
  const figures = FIGURES.filter(([key]) => telemetry.some((point) => point[key] !== null)).map(
    ([key, word]): Panel => ({
      name: words[word],
      isShare: false,
      rich: {},
      series: (gridIndex, yAxisIndex) => [
        {
          id: `training-${key}`,
          type: 'line',
          xAxisIndex: gridIndex,
          yAxisIndex,
          symbol: 'none',
          silent: true,
          color: colors.soft,
          lineStyle: { width: 1.4 },
          data: telemetry.map((point) => [frame.xOf(point), point[key]]),
        },
      ],
    }),
  );
  const sources = sourcesOf(telemetry);
  return sources.length === 0 ? figures : [...figures, mixPanel(frame, telemetry, sources, words.dataMix, colors)];
}

export function sourcesOf(telemetry: readonly Telemetry[]): string[] {
  return [...new Set(telemetry.flatMap(({ data_mix: mix }) => Object.keys(mix ?? {})))].sort();
}

function mixPanel(
  frame: TrendFrame,
  telemetry: readonly Telemetry[],
  sources: readonly string[],
  name: string,
  colors: ChartColors,
): Panel {
  const known = telemetry.filter(({ data_mix: mix }) => mix !== null);
  return {
    name: `${name}: ${sources.map((source, index) => `{c${index}|■} ${source}`).join('  ')}`,
    isShare: true,
    rich: Object.fromEntries(
      sources.map((_, index) => [`c${index}`, { color: colors.series[index % colors.series.length] }]),
    ),
    series: (gridIndex, yAxisIndex) =>
      sources.map((source, index) => ({
        id: `mix-${source}`,
        name: source,
        type: 'line',
        xAxisIndex: gridIndex,
        yAxisIndex,
        stack: 'mix',
        step: 'end',
        symbol: 'none',
        silent: true,
        color: colors.series[index % colors.series.length],
        lineStyle: { width: 0.8 },
        areaStyle: { opacity: 0.55 },
        data: known.map((point) => [frame.xOf(point), point.data_mix![source] ?? 0]),
      })),
  };
}

/** The profile of the newest checkpoint beside the best and the one it started from. */
import type { EChartsOption } from 'echarts';
import { count, figure } from '../format.ts';
import { useObservable } from '../observable.ts';
import { language } from '../settings.ts';
import { useWords } from '../words.ts';
import { Chart } from './chart.tsx';
import type { ChartColors } from './chart-colors.ts';
import type { Series } from './trend-frame.ts';

interface RadarProps {
  readonly run: string;
  readonly series: readonly Series[];
  /** Scores of the base model by capability; null where it was not evaluated. */
  readonly base: ReadonlyMap<string, number> | null;
}

export function CapabilityRadar({ run, series, base }: RadarProps) {
  const words = useWords();
  const now = useObservable(language);
  const leaves = leavesOf(series);
  const whole = series.find(({ capability }) => capability === '*')?.points.filter(({ value }) => value !== null) ?? [];
  if (leaves.length < 3 || whole.length === 0) return <p class="soft">{words.radar.empty}</p>;
  const best = whole.reduce((one, other) => (other.value! > one.value! ? other : one));
  const at = (checkpoint: string) =>
    leaves.map(({ points }) => points.find((point) => point.checkpoint === checkpoint)?.value ?? null);
  const [first, newest] = [whole[0]!, whole.at(-1)!];
  const profiles = [
    { name: `${words.radar.now} (${count(newest.step)})`, values: at(newest.checkpoint) },
    { name: `${words.radar.best} (${count(best.step)})`, values: at(best.checkpoint) },
    base === null
      ? { name: `${words.radar.first} (${count(first.step)})`, values: at(first.checkpoint) }
      : { name: words.radar.base, values: leaves.map(({ capability }) => base.get(capability!) ?? null) },
  ];
  const option = (colors: ChartColors, width: number): EChartsOption => ({
    textStyle: { fontFamily: 'inherit' },
    legend: { bottom: 0, textStyle: { color: colors.ink }, data: profiles.map(({ name }) => name) },
    radar: {
      center: ['50%', '46%'],
      radius: width < 420 ? '46%' : '54%',
      indicator: leaves.map(({ name }) => ({ name: broken(name[now]), min: 0, max: 1 })),
      axisName: { color: colors.soft, fontSize: 11 },
      axisLine: { lineStyle: { color: colors.line } },
      splitLine: { lineStyle: { color: colors.line } },
      splitArea: { show: false },
    },
    series: [
      {
        type: 'radar',
        data: profiles.map(({ name, values }, index) => ({
          name,
          value: values.map((value) => value ?? 0),
          symbol: ['circle', 'rect', 'triangle'][index]!,
          lineStyle: {
            color: colors.series[index]!,
            width: 2,
            type: index === 2 ? ('dashed' as const) : ('solid' as const),
          },
          itemStyle: { color: colors.series[index]! },
          ...(index === 0 ? { areaStyle: { color: colors.series[0]!, opacity: 0.15 } } : {}),
        })),
      },
    ],
  });
  return (
    <Chart
      name={`${run}-${words.radar.title}`}
      label={`${words.radar.title}: ${profiles.map(({ name, values }) => `${name} ${values.map((value) => figure(value, 'proportion')).join(', ')}`).join('; ')}`}
      height={430}
      option={option}
      inputs={[series, base, now]}
      csv={() => ({
        head: ['capability', ...profiles.map(({ name }) => name)],
        rows: leaves.map(({ capability }, row) => [capability, ...profiles.map(({ values }) => values[row]!)]),
      })}
    />
  );
}

/** In two lines where it is long. */
function broken(name: string): string {
  return name.replace(/^(.{9,}?) /, '$1\n');
}

/** Nodes without a node below them. */
function leavesOf(series: readonly Series[]): Series[] {
  const nodes = series.filter(
    ({ capability }) => capability !== null && capability !== '*' && !capability.startsWith('probe.'),
  );
  return nodes.filter((one) => !nodes.some((other) => other.capability!.startsWith(`${one.capability}.`)));
}

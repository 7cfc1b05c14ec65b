/** Capability x checkpoint: coloured by the change against the reference, and only where there is evidence of one. */
import type { EChartsOption } from 'echarts';
import type { RunVerdictsReply } from '../../api/contract-run-verdicts.ts';
import { count, difference } from '../format.ts';
import { useObservable } from '../observable.ts';
import { address, navigate } from '../router.ts';
import { language } from '../settings.ts';
import { useWords } from '../words.ts';
import { Chart, type ECharts } from './chart.tsx';
import { type ChartColors, fade } from './chart-colors.ts';
import type { Series } from './trend-frame.ts';

interface HeatmapProps {
  readonly run: string;
  readonly verdicts: RunVerdictsReply;
  readonly series: readonly Series[];
}

type Cell = RunVerdictsReply['checkpoints'][number]['verdicts'][number];
const EVIDENT: readonly string[] = ['better', 'worse', 'suspected'];

export function CapabilityHeatmap({ run, verdicts, series }: HeatmapProps) {
  const words = useWords();
  const now = useObservable(language);
  const nodes = series.filter(({ capability }) => capability !== null && !capability.startsWith('probe.'));
  const { checkpoints } = verdicts;
  if (checkpoints.length === 0 || nodes.length === 0) return <p class="soft">{words.heat.empty}</p>;
  const cellAt = (column: number, row: number): Cell | undefined =>
    checkpoints[column]?.verdicts.find(({ capability }) => capability === nodes[row]?.capability);
  const cells = checkpoints.flatMap((_, column) => nodes.map((_, row) => ({ column, row, cell: cellAt(column, row) })));
  const strongest = Math.max(
    0.05,
    ...cells.map(({ cell }) => (cell && EVIDENT.includes(cell.kind) ? Math.abs(cell.difference ?? 0) : 0)),
  );

  const option = (colors: ChartColors, width: number): EChartsOption => {
    const isNarrow = width < 560;
    return {
      textStyle: { fontFamily: 'inherit' },
      grid: { left: isNarrow ? 116 : 190, right: 12, top: 8, bottom: 28 },
      xAxis: {
        type: 'category',
        data: checkpoints.map(({ step }) => count(step)),
        axisLabel: { color: colors.soft, hideOverlap: true },
        axisLine: { lineStyle: { color: colors.line } },
      },
      yAxis: {
        type: 'category',
        inverse: true,
        data: nodes.map(({ name }) => name[now]),
        axisLabel: { color: colors.ink, width: isNarrow ? 104 : 178, overflow: 'truncate', fontSize: 12 },
        axisLine: { show: false },
        axisTick: { show: false },
      },
      series: [
        {
          type: 'heatmap',
          data: cells.map(({ column, row, cell }) => ({
            value: [column, row, cell?.difference ?? 0],
            itemStyle: styleOf(cell, strongest, colors),
            label: {
              show: !isNarrow && checkpoints.length <= 24 && cell !== undefined && EVIDENT.includes(cell.kind),
              formatter: () => difference(cell?.difference ?? null, 'proportion'),
              fontSize: 10,
              color: colors.ink,
            },
          })),
        },
      ],
    };
  };
  const listen = (chart: ECharts) => {
    chart.on('click', (event) => {
      const [column] = (event.data as { value: [number, number, number] }).value;
      navigate(address(['checkpoints', checkpoints[column]!.checkpoint]));
    });
    return () => undefined;
  };
  return (
    <>
      <p class="soft small">{words.heat.hint}</p>
      <Chart
        name={`${run}-${words.heat.title}`}
        label={words.heat.title}
        height={nodes.length * 24 + 40}
        option={option}
        inputs={[verdicts, series, now]}
        csv={() => ({
          head: ['capability', 'checkpoint', 'step', 'verdict', 'difference', 'low', 'high', 'n'],
          rows: cells.map(({ column, row, cell }) => [
            nodes[row]!.capability,
            checkpoints[column]!.checkpoint,
            checkpoints[column]!.step,
            cell?.kind ?? null,
            cell?.difference ?? null,
            cell?.ci95?.[0] ?? null,
            cell?.ci95?.[1] ?? null,
            cell?.n ?? null,
          ]),
        })}
        onReady={listen}
      />
      <div class="legend">
        <span>
          <span class="swatch" style={{ background: 'var(--series-2)' }} />
          {words.heat.worse}
        </span>
        <span>
          <span class="swatch" style={{ background: 'var(--series-1)' }} />
          {words.heat.better}
        </span>
        <span>
          <span class="swatch" style={{ background: 'var(--line)' }} />
          {words.heat.none}
        </span>
        <span>
          {words.step} {count(checkpoints[0]!.step)} – {count(checkpoints.at(-1)!.step)}
        </span>
      </div>
    </>
  );
}

function styleOf(cell: Cell | undefined, strongest: number, colors: ChartColors) {
  const frame = { borderColor: colors.card, borderWidth: 1.5 };
  if (cell === undefined) return { ...frame, color: colors.card };
  if (!EVIDENT.includes(cell.kind)) return { ...frame, color: fade(colors.line, 0.6) };
  const strength =
    (cell.kind === 'suspected' ? 0.12 : 0.2) + 0.6 * Math.min(1, Math.abs(cell.difference ?? 0) / strongest);
  return { ...frame, color: fade(cell.kind === 'better' ? colors.series[0]! : colors.series[1]!, strength) };
}

/** The trend of what was chosen, with training below: read by hover or arrow keys, two checkpoints chosen by click, drag or Enter. */
import { useMemo, useRef, useState } from 'preact/hooks';
import type { TrendsReply } from '../../api/contract.ts';
import { count } from '../format.ts';
import { useObservable } from '../observable.ts';
import { address } from '../router.ts';
import { language } from '../settings.ts';
import { fill, useWords } from '../words.ts';
import { Chart, type ECharts } from './chart.tsx';
import { telemetryPanels } from './telemetry-panels.ts';
import { type Axis, makeFrame, nearestStop, type Series } from './trend-frame.ts';
import { nameOf, trendHeight, trendOption } from './trend-option.ts';
import { TrendReadout } from './trend-readout.tsx';

interface TrendViewProps {
  readonly run: string;
  readonly trends: TrendsReply;
  readonly chosen: readonly Series[];
  readonly axis: Axis;
  readonly isLog: boolean;
}

/** Shorter is a click. */
const DRAG_PIXELS = 14;
const NO_COLORS = { ink: '', soft: '', line: '', card: '', red: '', blue: '', series: [] };

export function TrendView({ run, trends, chosen, axis, isLog }: TrendViewProps) {
  const words = useWords();
  const now = useObservable(language);
  const frame = useMemo(() => makeFrame(chosen, axis), [chosen, axis]);
  const [at, setAt] = useState(-1);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const pick = (index: number) => {
    const stop = frame.stops[index];
    if (stop)
      setPicked((before) =>
        before.includes(stop.checkpoint)
          ? before.filter((one) => one !== stop.checkpoint)
          : [...before, stop.checkpoint].slice(-2),
      );
  };
  // The chart is made once; what it calls is always the newest.
  const hands = useRef({ frame, pick, setAt, setPicked });
  hands.current = { frame, pick, setAt, setPicked };

  const listen = (chart: ECharts) => {
    const surface = chart.getZr();
    let from: number | null = null;
    const stopAt = ({ offsetX, offsetY }: { offsetX: number; offsetY: number }): number => {
      if (offsetY > chart.getHeight() - 50) return -1;
      const x = chart.convertFromPixel({ xAxisIndex: 0 }, offsetX) as unknown as number;
      return Number.isFinite(x) ? nearestStop(hands.current.frame.stops, x) : -1;
    };
    surface.on('mousemove', (event) => {
      const index = stopAt(event);
      if (index >= 0) hands.current.setAt(index);
    });
    surface.on('mousedown', (event) => {
      from = stopAt(event) === -1 ? null : event.offsetX;
    });
    surface.on('mouseup', (event) => {
      if (from === null) return;
      const ends = [stopAt({ offsetX: from, offsetY: 0 }), stopAt({ offsetX: event.offsetX, offsetY: 0 })];
      if (Math.abs(event.offsetX - from) < DRAG_PIXELS) hands.current.pick(ends[1]!);
      else if (ends[0] !== ends[1])
        hands.current.setPicked(ends.map((index) => hands.current.frame.stops[index]!.checkpoint));
      from = null;
    });
    return () => undefined;
  };
  const keys = (event: KeyboardEvent) => {
    const last = frame.stops.length - 1;
    const start = at < 0 ? last : at;
    const moves: Record<string, number> = {
      ArrowLeft: start - (at < 0 ? 0 : 1),
      ArrowRight: start + 1,
      Home: 0,
      End: last,
    };
    if (event.key === 'Enter' || event.key === ' ') pick(at);
    else if (moves[event.key] !== undefined) setAt(Math.max(0, Math.min(last, moves[event.key]!)));
    else return;
    event.preventDefault();
  };

  const panels = telemetryPanels(frame, trends.telemetry, words.trend, NO_COLORS).length;
  const drawing = { frame, chosen, trends, isLog, language: now, picked, words: words.trend };
  const ends = frame.stops.filter(({ checkpoint }) => picked.includes(checkpoint));
  const stop = frame.stops[at];
  return (
    <>
      <Chart
        name={`${run}-${words.trend.title}`}
        label={`${words.trend.title}: ${chosen.map((series) => nameOf(series, now)).join(', ')}`}
        height={trendHeight(panels)}
        option={(colors, width) => trendOption(drawing, colors, width)}
        inputs={[frame, trends, isLog, now, picked]}
        csv={() => toRows(chosen)}
        onReady={listen}
        control={{
          role: 'slider',
          tabIndex: 0,
          'aria-valuemin': 0,
          'aria-valuemax': Math.max(0, frame.stops.length - 1),
          'aria-valuenow': Math.max(0, at),
          'aria-valuetext': stop ? `${words.step} ${count(stop.step)}` : words.trend.hint,
          onKeyDown: keys,
        }}
      />
      <TrendReadout stop={stop} chosen={chosen} trends={trends} />
      {ends.length > 0 && (
        <div class="row">
          <span>
            {words.trend.chosen}: {ends.map(({ step }) => count(step)).join(', ')}
          </span>
          {ends.length === 2 && (
            <a href={address(['compare'], { a: ends[0]!.checkpoint, b: ends[1]!.checkpoint })}>
              {fill(words.trend.compare, { a: count(ends[0]!.step), b: count(ends[1]!.step) })}
            </a>
          )}
          <button type="button" onClick={() => setPicked([])}>
            {words.trend.clear}
          </button>
        </div>
      )}
    </>
  );
}

function toRows(chosen: readonly Series[]) {
  const head = [
    'series',
    'metric',
    'checkpoint',
    'step',
    'tokens',
    'at',
    'value',
    'low',
    'high',
    'n',
    'verdict',
    'segment',
  ];
  const rows = chosen.flatMap((series) =>
    series.points.map((point) => [
      series.capability ?? series.task,
      series.metric,
      point.checkpoint,
      point.step,
      point.tokens,
      point.at,
      point.value,
      point.ci95[0],
      point.ci95[1],
      point.n,
      point.verdict,
      point.segment,
    ]),
  );
  return { head, rows };
}

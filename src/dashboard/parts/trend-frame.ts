/** What the trend chart stands on: its x-axis, the checkpoints that can be pointed at, and where a step lies on the axis. Pure. */
import type { TrendsReply } from '../../api/contract.ts';

export type Series = TrendsReply['series'][number];
export type Point = Series['points'][number];
export type Telemetry = TrendsReply['telemetry'][number];
export type Axis = 'step' | 'tokens' | 'time';

/** One checkpoint on the axis. */
export interface Stop {
  readonly checkpoint: string;
  readonly step: number;
  readonly x: number;
}

export interface TrendFrame {
  readonly axis: Axis;
  readonly stops: readonly Stop[];
  readonly xOf: (point: {
    readonly step: number;
    readonly tokens: number | null;
    readonly at?: string;
  }) => number | null;
  /** Also between checkpoints, where alerts and changes may lie. */
  readonly xOfStep: (step: number) => number | null;
}

export function seriesId({ capability, task, metric }: Pick<Series, 'capability' | 'task' | 'metric'>): string {
  return capability ?? `${task}:${metric}`;
}

export function makeFrame(series: readonly Series[], axis: Axis): TrendFrame {
  const xOf: TrendFrame['xOf'] = ({ step, tokens, at }) =>
    axis === 'step' ? step : axis === 'tokens' ? tokens : at === undefined ? null : Date.parse(at);
  const stops = new Map<string, Stop>();
  for (const { points } of series) {
    for (const point of points) {
      const x = xOf(point);
      const known = stops.get(point.checkpoint);
      // Series of one checkpoint are scored at slightly different times; it stands at the first.
      if (x !== null && (known === undefined || x < known.x))
        stops.set(point.checkpoint, { checkpoint: point.checkpoint, step: point.step, x });
    }
  }
  const ordered = [...stops.values()].sort((a, b) => a.x - b.x || a.step - b.step);
  const bySteps = [...ordered].sort((a, b) => a.step - b.step);
  return { axis, stops: ordered, xOf, xOfStep: (step) => (axis === 'step' ? step : between(bySteps, step)) };
}

/** Straight between two checkpoints; at the ends their own place. */
function between(stops: readonly Stop[], step: number): number | null {
  if (stops.length === 0) return null;
  const next = stops.findIndex((stop) => stop.step >= step);
  if (next === -1) return stops.at(-1)!.x;
  const [before, after] = [stops[next - 1], stops[next]!];
  if (before === undefined || after.step === before.step) return after.x;
  return before.x + ((step - before.step) / (after.step - before.step)) * (after.x - before.x);
}

/** Index of the stop nearest to x; -1 when there is none. */
export function nearestStop(stops: readonly Stop[], x: number): number {
  let best = -1;
  stops.forEach((stop, index) => {
    if (best === -1 || Math.abs(stop.x - x) < Math.abs(stops[best]!.x - x)) best = index;
  });
  return best;
}

/** What training said last at or before a step. */
export function telemetryAt(telemetry: readonly Telemetry[], step: number): Telemetry | null {
  return telemetry.filter((point) => point.step <= step).at(-1) ?? null;
}

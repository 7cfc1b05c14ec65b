/** An alert that comes and goes again and again is told once, and once more when it is calm. Pure. */
import type { Alert, AlertHold } from '../domain/alert.ts';

export interface FlappingSettings {
  /** So many times within that time are too many; null never are. */
  readonly times: number | null;
  /** Milliseconds. */
  readonly within: number;
  /** Calm is what neither fired nor ended for so long, milliseconds. */
  readonly calm_after: number;
}

/** What is said of it in the message. */
export type FlappingNote =
  | { readonly kind: 'begins'; readonly times: number; readonly withinMs: number }
  | { readonly kind: 'calm' };

export interface FiredAlert extends Pick<Alert, 'run' | 'kind' | 'members'> {
  readonly createdAt: number;
  readonly stateAt: number;
  readonly held: AlertHold | null;
}

/** The same for alerts that are the same trouble again: of a run and kind, and of a regression the same capabilities. */
export function seriesOfAlert({ run, kind, members }: Pick<Alert, 'run' | 'kind' | 'members'>): string {
  return JSON.stringify([run, kind, members.map(({ capability }) => capability).sort()]);
}

/** How far back alerts have to be known, milliseconds. */
export function flappingMemory({ within, calm_after }: FlappingSettings): number {
  return Math.max(within, calm_after);
}

/**
 * Of an alert that fires now: whether it is told, or that it begins to come and go, or still does.
 * @param series alerts of its series that fired lately, itself among them
 */
export function flappingState(
  series: readonly FiredAlert[],
  { times, within }: FlappingSettings,
  now: number,
): 'steady' | 'begins' | 'lasts' {
  if (times === null) return 'steady';
  if (series.some(({ held }) => held?.by === 'flapping')) return 'lasts';
  return series.filter(({ createdAt }) => createdAt > now - within).length >= times ? 'begins' : 'steady';
}

/** Series of which nothing was heard for long enough. @param held alerts kept because they come and go */
export function calmSeries<Fired extends FiredAlert>(
  held: readonly Fired[],
  { calm_after }: FlappingSettings,
  now: number,
): Fired[][] {
  const series = new Map<string, Fired[]>();
  for (const alert of held) series.set(seriesOfAlert(alert), [...(series.get(seriesOfAlert(alert)) ?? []), alert]);
  const last = (alerts: readonly Fired[]) => Math.max(...alerts.map(({ stateAt }) => stateAt));
  return [...series.values()].filter((alerts) => now - last(alerts) >= calm_after);
}

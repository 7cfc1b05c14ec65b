/** Alerts that come and go: what of it is told. Call inside a transaction. */
import { calmSeries, type FlappingNote, flappingMemory, flappingState, seriesOfAlert } from '../alert/flapping.ts';
import type { Alert } from '../domain/alert.ts';
import type { DaemonContext } from './context.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { sendAlert } from './send-alert.ts';

/** @returns null for an alert that is told as any other, else whether there is a new message: it is kept */
export function damp(context: JudgingContext, alert: Alert): boolean | null {
  const { store, config, clock } = context;
  const { flapping } = config.alerts;
  if (flapping.times === null) return null;
  const since = clock.now() - flappingMemory(flapping);
  const series = store.alerts
    .firedSince(alert.run, alert.kind, since)
    .filter((fired) => seriesOfAlert(fired) === seriesOfAlert(alert));
  const state = flappingState(series, flapping, clock.now());
  if (state === 'steady') return null;
  store.alerts.hold(alert.id, { by: 'flapping', cause: null });
  store.alerts.remark(alert.id, state === 'begins' ? 'it comes and goes: told once more' : 'kept: it comes and goes');
  if (state === 'lasts') return false;
  const note: FlappingNote = { kind: 'begins', times: flapping.times, withinMs: flapping.within };
  return sendAlert(context, alert, 'alert.firing', { occasion: 'flapping', flapping: note });
}

/** What has become calm is told as it is now. @returns true when there is a new message */
export function tellCalm(context: DaemonContext): boolean {
  const { store, config, clock } = context;
  const held = store.alerts.held().filter((alert) => alert.held?.by === 'flapping');
  if (held.length === 0) return false;
  return calmSeries(held, config.alerts.flapping, clock.now())
    .map((series) => {
      for (const { id } of series) {
        store.alerts.release(id, clock.now());
        store.alerts.remark(id, 'it is calm');
      }
      const newest = series.at(-1)!;
      if (newest.state !== 'firing' && newest.state !== 'resolved') return false;
      const event = newest.state === 'firing' ? 'alert.firing' : 'alert.resolved';
      return sendAlert(context, newest, event, { occasion: 'calm', flapping: { kind: 'calm' } });
    })
    .some(Boolean);
}

/** One vocabulary of events for `--json` lines, server-sent events and webhooks. */

export const EVENT_NAMES = [
  'run.found',
  'run.stalled',
  'run.finished',
  'run.intervention',
  'checkpoint.found',
  'checkpoint.complete',
  'checkpoint.invalid',
  'checkpoint.vanished',
  'checkpoint.skipped',
  'evaluation.planned',
  'evaluation.started',
  'evaluation.progress',
  'evaluation.finished',
  'evaluation.failed',
  'verdict.suspected',
  'alert.firing',
  'alert.acknowledged',
  'alert.silenced',
  'alert.resolved',
  'engine.failed',
  'config.changed',
  'config.rejected',
  'daemon.started',
  'daemon.stopping',
] as const;

export type EventName = (typeof EVENT_NAMES)[number];

/** `at` is RFC 3339; further fields belong to the event. */
export interface LibraEvent {
  readonly event: EventName;
  readonly at: string;
  readonly run?: string;
  readonly checkpoint?: string;
  readonly step?: number;
  readonly [detail: string]: unknown;
}

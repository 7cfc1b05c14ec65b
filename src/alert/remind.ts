/** When nobody answers: the message goes out again every so often, and to further channels. Pure. */
import type { Alert, Severity } from '../domain/alert.ts';

export interface ReminderSettings {
  /** Milliseconds between reminders; null sends none. */
  readonly every: number | null;
  /** At most so many. */
  readonly most: number;
  readonly severities: readonly Severity[];
  /** Milliseconds after which the channels of `to` get it too; null never. */
  readonly escalate_after: number | null;
  /** Names of channels. */
  readonly escalate_to: readonly string[];
}

/** What is said of it in the message: the n-th of so many, after how long. */
export interface Reminder {
  /** 0 for the message to a channel that hears of it for the first time. */
  readonly nth: number;
  readonly of: number;
  /** Milliseconds since it fired. */
  readonly unansweredMs: number;
}

/**
 * What is due for an alert: only the newest reminder, however long nobody looked (the daemon may have been down).
 * Nothing for one that was answered, is resolved, or has another severity.
 * @param firedAt epoch ms at which it began to fire
 */
export function remindersDue(
  alert: Pick<Alert, 'state' | 'severity'>,
  firedAt: number,
  settings: ReminderSettings,
  now: number,
): { readonly again: Reminder | null; readonly escalated: Reminder | null } {
  if (alert.state !== 'firing' || !settings.severities.includes(alert.severity))
    return { again: null, escalated: null };
  const { every, most, escalate_after: after, escalate_to: to } = settings;
  const unansweredMs = now - firedAt;
  const nth = every === null ? 0 : Math.min(most, Math.floor(unansweredMs / every));
  const isEscalated = after !== null && to.length > 0 && unansweredMs >= after;
  return {
    again: nth >= 1 ? { nth, of: most, unansweredMs: nth * every! } : null,
    escalated: isEscalated ? { nth: 0, of: most, unansweredMs: after } : null,
  };
}

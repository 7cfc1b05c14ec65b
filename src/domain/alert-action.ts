/** What a person can do to an alert right from a message about it. */

export const ALERT_ACTIONS = ['acknowledge', 'silence-1h', 'silence-24h'] as const;

export type AlertAction = (typeof ALERT_ACTIONS)[number];

const HOUR_MS = 3_600_000;

/** How long it silences; null where it does not. */
export function silenceOf(action: AlertAction): number | null {
  return { acknowledge: null, 'silence-1h': HOUR_MS, 'silence-24h': 24 * HOUR_MS }[action];
}

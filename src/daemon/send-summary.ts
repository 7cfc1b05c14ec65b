/** What a maintenance left goes to every channel as one message of what concerns it. Call inside a transaction. */
import { messageOf } from '../alert/message.ts';
import type { Outgoing } from '../alert/notifier.ts';
import { channelsFor, sendingTime } from '../alert/route-alert.ts';
import { byUrgency, countByRun, MOST_SHOWN, type SummedAlert, summaryMessage } from '../alert/summary.ts';
import type { Alert } from '../domain/alert.ts';
import { rfc3339 } from '../system/clock.ts';
import { stableId } from '../system/hash.ts';
import type { JudgingContext } from './judge-checkpoint.ts';

/** @returns true when there is a new message */
export function sendSummary(context: JudgingContext, alerts: readonly Alert[]): boolean {
  const { store, config, clock, notifiers } = context;
  const { routes, language, quiet_hours } = config.alerts;
  const now = clock.now();
  const named = alerts.map((alert) => ({ alert, name: store.runs.require(alert.run).name }));
  const sent = notifiers.map(({ name: channel }) => {
    const own = named.filter(({ alert, name }) => channelsFor(alert, routes, [channel], name).length > 0);
    if (own.length === 0) return false;
    const shown = byUrgency(own.map(({ alert, name }) => summedOf(alert, name)));
    const message = summaryMessage(
      {
        why: 'maintenance',
        total: own.length,
        shown: shown.slice(0, MOST_SHOWN),
        runs: countByRun(own.map(({ name }) => name)),
      },
      { language, link: null },
    );
    const ids = own.map(({ alert }) => alert.id);
    const payload: Outgoing = {
      key: `msg_${stableId('maintenance', channel, rfc3339(now), ...ids)}`,
      event: 'alerts.summary',
      at: rfc3339(now),
      message,
      alert: null,
      alerts: ids.slice(0, MOST_IDS),
    };
    const nextAt = sendingTime(now, message.severity, quiet_hours);
    return store.deliveries.enqueue({ event: payload.event, channel, key: payload.key, payload, nextAt });
  });
  return sent.some(Boolean);
}

/** Machines look further by them; all would be more than a webhook takes. */
const MOST_IDS = 100;

function summedOf(alert: Alert, name: string): SummedAlert {
  const { texts, severity, isResolved } = messageOf(alert, { language: 'both', samples: 'none', runName: name });
  const titles = Object.fromEntries(texts.map(({ language, title }) => [language, title]));
  return { run: name, severity, isResolved, titles };
}

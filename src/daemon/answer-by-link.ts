/** An alert answered by the link of a message: once, however often the link is used. */
import { type AlertAction, silenceOf } from '../domain/alert-action.ts';
import type { StoredAlert } from '../store/alerts.ts';
import type { Store } from '../store/open-store.ts';
import { type ActionLink, linkId } from './action-links.ts';
import { answerAlert, requireAlert } from './answer-alert.ts';
import type { EventBus } from './event-bus.ts';

/** As it stands in the alert's history. */
export function linkUser(channel: string): string {
  return `by link from ${channel}`;
}

/** True when this very link did its work before. */
export function isLinkUsed(store: Store, { alert }: ActionLink, signature: string): boolean {
  return store.alerts.history(alert).some(({ why }) => why?.endsWith(`(link ${linkId(signature)})`) === true);
}

/** The link must have been found good. @throws LIBRA_NOT_FOUND, LIBRA_ALERT_CLOSED */
export function answerByLink(
  store: Store,
  events: Pick<EventBus, 'emit' | 'transact'>,
  link: ActionLink,
  signature: string,
  now: number,
): StoredAlert {
  if (isLinkUsed(store, link, signature)) return requireAlert(store, link.alert);
  const silence = silenceOf(link.action);
  return answerAlert(store, events, link.alert, silence === null ? 'acknowledge' : 'silence', {
    by: linkUser(link.channel),
    note: `${NOTES[link.action]} (link ${linkId(signature)})`,
    ...(silence === null ? {} : { until: now + silence }),
  });
}

const NOTES: Readonly<Record<AlertAction, string>> = {
  acknowledge: 'acknowledged',
  'silence-1h': 'silenced for 1 h',
  'silence-24h': 'silenced for 24 h',
};

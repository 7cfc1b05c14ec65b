/** The addresses that messages carry: where an alert can be seen, and the links that answer it. */
import type { MessageAction } from '../alert/message.ts';
import type { Alert } from '../domain/alert.ts';
import { ALERT_ACTIONS } from '../domain/alert-action.ts';
import type { ActionLinks } from './action-links.ts';

export interface MessageAddresses {
  /** @param listening address the server listens on; null before it does */
  linkOf(alert: Pick<Alert, 'id'>, listening: string | null): string | null;
  /** None without a public address: a link that acts has to be reachable from where the message is read. */
  actionsOf(alert: Pick<Alert, 'id'>, channel: string, now: number): MessageAction[];
}

export function messageAddresses(publicUrl: string | null, links: ActionLinks): MessageAddresses {
  const base = publicUrl?.replace(/\/+$/, '') ?? null;
  return {
    linkOf({ id }, listening) {
      const server = base ?? listening;
      return server === null ? null : `${server}/alerts/${encodeURIComponent(id)}`;
    },
    actionsOf: ({ id }, channel, now) =>
      base === null
        ? []
        : ALERT_ACTIONS.map((action) => ({ action, url: links.make(base, { alert: id, action, channel }, now) })),
  };
}

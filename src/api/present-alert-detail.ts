/** One alert with all that became of it, as the API and `libra alert show --json` give it. */
import type { Delivery } from '../domain/delivery.ts';
import type { StoredAlert } from '../store/alerts.ts';
import type { Store } from '../store/open-store.ts';
import { rfc3339 } from '../system/clock.ts';
import type { AlertDetailReply } from './contract.ts';
import { messageIn } from './message-in.ts';
import { presentAlert, presentAlertTransition } from './present.ts';

export function presentAlertDetail(
  { alerts, deliveries }: Pick<Store, 'alerts' | 'deliveries'>,
  alert: StoredAlert,
): AlertDetailReply {
  return {
    ...presentAlert(alert),
    message: { en: presentMessage('en', alert), zh: presentMessage('zh', alert) },
    history: alerts.history(alert.id).map(presentAlertTransition),
    deliveries: deliveries.ofAlert(alert.id).map(presentDelivery),
  };
}

function presentDelivery({ channel, event, state, attempts, lastError, nextAt, heldAt, foldedInto }: Delivery) {
  const next_at = state === 'pending' ? rfc3339(nextAt) : null;
  const is_held_back = state === 'pending' && heldAt !== null && foldedInto === null;
  return { channel, event, state, attempts, last_error: lastError, is_held_back, folded_into: foldedInto, next_at };
}

function presentMessage(language: 'en' | 'zh', alert: StoredAlert): AlertDetailReply['message']['en'] {
  const { title, lead, sections } = messageIn(language, alert);
  return { title, lead, sections: sections.map(({ heading, lines }) => ({ heading, lines: [...lines] })) };
}

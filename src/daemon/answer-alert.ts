/** The team's answer to an alert: acknowledged (seen, being worked on), silenced (known, say no more) or resolved (done, or the new level accepted). */
import type { AlertState } from '../domain/alert.ts';
import { LibraError } from '../domain/errors.ts';
import type { EventName } from '../domain/event.ts';
import type { StoredAlert } from '../store/alerts.ts';
import type { Store } from '../store/open-store.ts';
import type { EventBus } from './event-bus.ts';

export type AlertAnswer = 'acknowledge' | 'silence' | 'resolve';

const OUTCOME: Readonly<Record<AlertAnswer, { readonly state: AlertState; readonly event: EventName }>> = {
  acknowledge: { state: 'acknowledged', event: 'alert.acknowledged' },
  silence: { state: 'silenced', event: 'alert.silenced' },
  resolve: { state: 'resolved', event: 'alert.resolved' },
};

export interface AnswerDetails {
  /** Name of a person or a token, for the alert's history. */
  readonly by: string;
  readonly note?: string | undefined;
  /** Of a silence: epoch milliseconds at which it ends; left out it lasts until the alert is resolved. */
  readonly until?: number | undefined;
}

/**
 * Changes the alert's state, its history and the event in one transaction. The same answer again changes nothing.
 * @throws LIBRA_NOT_FOUND, LIBRA_ALERT_CLOSED when it is resolved already
 */
export function answerAlert(
  store: Store,
  events: Pick<EventBus, 'emit' | 'transact'>,
  id: string,
  answer: AlertAnswer,
  { by, note, until }: AnswerDetails,
): StoredAlert {
  return events.transact(() => {
    const { createdAt: _, stateAt: __, ...alert } = requireAlert(store, id);
    const { state, event } = OUTCOME[answer];
    const silencedUntil = state === 'silenced' ? (until ?? null) : null;
    if (alert.state === state && (alert.silencedUntil ?? null) === silencedUntil) return requireAlert(store, id);
    if (alert.state === 'resolved') {
      throw new LibraError('LIBRA_ALERT_CLOSED', `The alert ${id} is resolved already.`, {
        hint: 'A new drop raises a new alert; there is nothing left to answer here.',
      });
    }
    const resolvedAtStep =
      state === 'resolved' ? (store.checkpoints.newestEvaluated(alert.run)?.step ?? alert.step) : alert.resolvedAtStep;
    store.alerts.save({ ...alert, state, resolvedAtStep, silencedUntil }, by, note ?? null);
    events.emit(event, {
      run: alert.run,
      ...(alert.checkpoint === null ? {} : { checkpoint: alert.checkpoint }),
      ...(alert.step === null ? {} : { step: alert.step }),
      alert: id,
      title: alert.title,
      by,
      ...(note === undefined ? {} : { note }),
    });
    return requireAlert(store, id);
  });
}

/** @throws LIBRA_NOT_FOUND */
export function requireAlert(store: Store, id: string): StoredAlert {
  const alert = store.alerts.get(id);
  if (alert !== null) return alert;
  throw new LibraError('LIBRA_NOT_FOUND', `There is no alert '${id}'.`, {
    hint: 'See `libra alert list` for the alerts there are.',
  });
}

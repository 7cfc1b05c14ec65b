/** Keeps to the messages an hour that a channel takes: what is over goes out as one message. Call it before the outbox is looked at. */
import { LIMIT_STRETCH_MS, limitRate } from '../alert/limit-rate.ts';
import type { Outgoing } from '../alert/notifier.ts';
import { MOST_SHOWN, summaryMessage } from '../alert/summary.ts';
import type { ChannelQueue } from '../store/delivery-limit.ts';
import { rfc3339 } from '../system/clock.ts';
import { stableId } from '../system/hash.ts';
import type { DaemonContext } from './context.ts';

type LimitingContext = Pick<DaemonContext, 'store' | 'config' | 'clock'>;

export function limitOutbox(context: LimitingContext): void {
  const { store, config } = context;
  const perHour = config.alerts.limit.per_hour;
  if (perHour === null) return;
  const queues = store.deliveryLimit.queues();
  if (queues.length === 0) return;
  store.transaction(() => {
    for (const queue of queues) limitChannel(context, queue, perHour);
  });
}

function limitChannel(context: LimitingContext, queue: ChannelQueue, perHour: number): void {
  const { store, clock } = context;
  const { channel } = queue;
  const passed = store.deliveryLimit.passedSince(channel, clock.now() - LIMIT_STRETCH_MS);
  const decision = limitRate({ ...queue, passedUrgent: passed.urgent, passedOthers: passed.others }, perHour);
  store.deliveryLimit.pass(channel, true, decision.passUrgent);
  store.deliveryLimit.pass(channel, false, decision.passOthers);
  if (decision.rest === 'hold') store.deliveryLimit.hold(channel, passed.oldest! + LIMIT_STRETCH_MS);
  if (decision.rest === 'sum up') sumUp(context, channel);
}

function sumUp({ store, config, clock }: LimitingContext, channel: string): void {
  const runs = store.deliveryLimit.runs(channel);
  const titles = store.deliveryLimit.titles(channel, MOST_SHOWN);
  const message = summaryMessage(
    {
      why: 'limit',
      total: runs.reduce((sum, { count }) => sum + count, 0),
      shown: titles.map(({ run, severity, isResolved, texts }) => ({
        run,
        severity,
        isResolved,
        titles: Object.fromEntries(texts.map(({ language, title }) => [language, title])),
      })),
      runs: runs.map(({ name, count }) => ({ name: name === '' ? 'Libra' : name, count })),
    },
    { language: config.alerts.language, link: null },
  );
  const at = rfc3339(clock.now());
  const payload: Outgoing = {
    key: `msg_${stableId('held-back', channel, at, ...titles.map(({ alert }) => alert ?? ''))}`,
    event: 'alerts.held_back',
    at,
    message,
    alert: null,
    alerts: titles.flatMap(({ alert }) => (alert === null ? [] : [alert])),
  };
  store.deliveryLimit.fold(channel, payload.key);
  store.deliveries.enqueue({ event: payload.event, channel, key: payload.key, payload });
  store.deliveryLimit.passOne(payload.key);
}

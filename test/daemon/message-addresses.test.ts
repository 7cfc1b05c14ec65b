import { expect, it } from 'vitest';
import type { Outgoing } from '../../src/alert/notifier.ts';
import { configSchema } from '../../src/config/schema.ts';
import { openActionLinks } from '../../src/daemon/action-links.ts';
import type { DaemonContext } from '../../src/daemon/context.ts';
import { messageAddresses } from '../../src/daemon/message-addresses.ts';
import { sendAlert } from '../../src/daemon/send-alert.ts';
import { silentLog } from '../../src/system/log.ts';
import { alert } from '../alert/fixtures.ts';
import { scratchBus, scratchDirectory, scratchStore } from '../store/scratch.ts';

function sent(publicUrl: string | null) {
  const { store, clock } = scratchStore();
  store.runs.add({ id: 'r', name: 'r', path: '/r' });
  const addresses = messageAddresses(publicUrl, openActionLinks(scratchDirectory()));
  const channel = (name: string, more: object) => ({ name, type: name, defaultSamples: 'ids', ...more });
  const context = {
    store,
    bus: scratchBus({ store, clock }),
    log: silentLog,
    clock: { now: () => clock.at },
    config: configSchema.parse({}),
    notifiers: [channel('team', { takesActions: true }), channel('file', {})],
    linkOf: (one: { id: string }) => addresses.linkOf(one, 'http://127.0.0.1:7700'),
    actionsOf: (one: { id: string }, name: string) => addresses.actionsOf(one, name, clock.at),
  } as unknown as DaemonContext;
  const firing = { ...alert(), run: 'r', checkpoint: null };
  store.alerts.save(firing);
  sendAlert(context, firing, 'alert.firing');
  return new Map(store.deliveries.due().map(({ channel, payload }) => [channel, (payload as Outgoing).message]));
}

it('messages lead to the alert by the public address, and those of channels that take it carry links that act', () => {
  const messages = sent('https://libra.example.com/sub/');
  const { id } = alert();
  expect(messages.get('team')!.link).toBe(`https://libra.example.com/sub/alerts/${id}`);
  const urls = messages.get('team')!.actions!.map(({ url }) => new URL(url));
  expect(urls.map(({ pathname }) => pathname)).toEqual(
    ['acknowledge', 'silence-1h', 'silence-24h'].map((action) => `/sub/act/${id}/${action}`),
  );
  expect(urls.every(({ searchParams }) => searchParams.get('by') === 'team')).toBe(true);
  expect(messages.get('file')!.actions).toBeUndefined();
});

it('without a public address they lead to where the server listens, and nothing in them acts', () => {
  const message = sent(null).get('team')!;
  expect(message.link).toBe(`http://127.0.0.1:7700/alerts/${alert().id}`);
  expect(message.actions).toBeUndefined();
});

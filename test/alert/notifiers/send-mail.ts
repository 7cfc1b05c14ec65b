/** Sends one mail with a login, as a process of its own: which authorities are trusted is settled when a process starts. Arguments: port, TLS from the start. */
import { createEmailNotifier } from '../../../src/alert/notifiers/email.ts';
import { outgoingOf } from '../../../src/alert/outgoing.ts';
import { alert } from '../fixtures.ts';

const [port, tls] = process.argv.slice(2);
const mail = createEmailNotifier({
  name: 'mail',
  host: 'localhost',
  port: Number(port),
  tls: tls === 'true',
  user: 'libra',
  password: 'right',
  from: 'libra@example.com',
  to: ['team@example.com'],
});
const outgoing = outgoingOf(
  alert(),
  { name: 'mail', defaultSamples: 'ids' },
  { at: '2026-11-24T03:00:00.000Z', event: 'alert.firing', language: 'en' },
);
process.stdout.write(JSON.stringify(await mail.send(outgoing)));
mail.close();

/** Sends JSON to a URL, signed by the Standard Webhooks specification (standardwebhooks.com) when a secret is given. */
import { createHmac } from 'node:crypto';
import { LibraError } from '../../domain/errors.ts';
import type { Clock } from '../../system/clock.ts';
import { machineBody } from '../machine-body.ts';
import type { Notifier, Outgoing } from '../notifier.ts';
import { openJsonDoor } from '../post-json.ts';

export interface WebhookNotifierOptions {
  readonly name: string;
  readonly url: string;
  /** `whsec_` + base64 of 24 to 64 bytes, or any other text, whose bytes are the key; null sends no signature. */
  readonly secret: string | null;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL or the secret can't be used */
export function createWebhookNotifier({ secret, ...options }: WebhookNotifierOptions): Notifier {
  const door = openJsonDoor({ ...options, who: 'The webhook', mustBePrivate: false });
  const key = secret === null ? null : webhookKey(options.name, secret);

  function send(outgoing: Outgoing, signal?: AbortSignal) {
    const body = machineBody(outgoing);
    const timestamp = Math.floor(options.clock.now() / 1000);
    const signature = key && { 'webhook-signature': signWebhook(key, outgoing.key, timestamp, JSON.stringify(body)) };
    const headers = { 'webhook-id': outgoing.key, 'webhook-timestamp': String(timestamp), ...signature };
    return door.post({ body, headers, signal });
  }

  return { name: options.name, type: 'webhook', defaultSamples: 'ids', takesActions: true, send, close: door.close };
}

/** `v1,` + base64 HMAC-SHA256 of `{id}.{timestamp}.{raw body}`. @param timestamp seconds */
export function signWebhook(key: Uint8Array, id: string, timestamp: number, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

export function webhookKey(name: string, secret: string): Uint8Array {
  const key = secret.startsWith('whsec_')
    ? Buffer.from(secret.slice('whsec_'.length), 'base64')
    : Buffer.from(secret, 'utf8');
  if (secret.startsWith('whsec_') && (key.length < 24 || key.length > 64)) {
    throw new LibraError('LIBRA_CONFIG_INVALID', `The secret of notifier "${name}" holds ${key.length} bytes.`, {
      hint: 'After whsec_ there have to be 24 to 64 bytes in base64.',
    });
  }
  return key;
}

/** Sends JSON to a URL, signed by the Standard Webhooks specification (standardwebhooks.com) when a secret is given. */
import { createHmac } from 'node:crypto';
import { LibraError } from '../../domain/errors.ts';
import type { Clock } from '../../system/clock.ts';
import { createHttpClient, HttpError } from '../../system/http.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';
import { parseRetryAfter } from '../retry-after.ts';

export interface WebhookNotifierOptions {
  readonly name: string;
  readonly url: string;
  /** `whsec_` + base64 of 24 to 64 bytes, or any other text, whose bytes are the key; null sends no signature. */
  readonly secret: string | null;
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 15_000;
/** What the other side answers beyond this is not read. */
const MAX_REPLY_BYTES = 64 << 10;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL or the secret can't be used */
export function createWebhookNotifier(options: WebhookNotifierOptions): Notifier {
  const { base, path } = splitUrl(options.name, options.url);
  const key = options.secret === null ? null : webhookKey(options.name, options.secret);
  const client = createHttpClient({
    base,
    errorCode: 'LIBRA_NOTIFIER_FAILED',
    maxBytes: MAX_REPLY_BYTES,
    clock: options.clock,
  });

  async function send(outgoing: Outgoing, signal?: AbortSignal): Promise<DeliveryOutcome> {
    const body = webhookBody(outgoing);
    const timestamp = Math.floor(options.clock.now() / 1000);
    const signature = key && { 'webhook-signature': signWebhook(key, outgoing.key, timestamp, JSON.stringify(body)) };
    try {
      const reply = await client.send({
        method: 'POST',
        path,
        body,
        headers: {
          'webhook-id': outgoing.key,
          'webhook-timestamp': String(timestamp),
          'user-agent': 'Libra',
          ...signature,
        },
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        signal,
      });
      return outcomeOf(reply.status, reply.headers['retry-after'], options.clock.now());
    } catch (error) {
      // The URL may be a secret: say what failed, not where.
      const why = error instanceof HttpError ? error.failure : 'failed';
      return { kind: 'retry', error: `The webhook ${options.name} could not be reached (${why}).`, afterMs: null };
    }
  }

  return { name: options.name, type: 'webhook', defaultSamples: 'ids', send, close: () => client.close() };
}

/** `{type, timestamp, data}` as the specification has it; data holds the alert and its words. */
export function webhookBody(outgoing: Outgoing) {
  const { message, alert } = outgoing;
  const title = message.texts[0]?.title ?? '';
  return {
    type: outgoing.event,
    timestamp: outgoing.at,
    data: { run: message.run, title, link: message.link, alert, texts: message.texts },
  };
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

function outcomeOf(status: number, retryAfter: string | string[] | undefined, now: number): DeliveryOutcome {
  if (status >= 200 && status <= 299) return { kind: 'sent', detail: `HTTP ${status}` };
  const error = `The webhook answered ${status}.`;
  if (status >= 300 && status <= 399)
    return { kind: 'dead', error: `${error} Redirects are not followed: give the final address.` };
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return { kind: 'retry', error, afterMs: parseRetryAfter(retryAfter, now) };
  return {
    kind: 'dead',
    error: status === 410 ? `${error} It is gone for good: remove it from the configuration.` : error,
  };
}

function splitUrl(name: string, url: string): { base: string; path: string } {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new LibraError('LIBRA_CONFIG_INVALID', `The url of notifier "${name}" is not an http or https address.`, {
      hint: 'Write it like https://example.com/libra.',
    });
  }
  const path = `${parsed.pathname}${parsed.search}`;
  parsed.pathname = '';
  parsed.search = '';
  parsed.hash = '';
  return { base: parsed.href, path };
}

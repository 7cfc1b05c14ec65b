/** The one way messages leave by HTTP: JSON is posted, redirects are not followed, and what came of it is an outcome that names no address. */
import { LibraError } from '../domain/errors.ts';
import type { Clock } from '../system/clock.ts';
import { createHttpClient, HttpError, type HttpReply } from '../system/http.ts';
import { cleanLine } from './clean-text.ts';
import type { DeliveryOutcome } from './notifier.ts';
import { parseRetryAfter } from './retry-after.ts';

export interface JsonDoorOptions {
  /** Name of the notifier in the configuration. */
  readonly name: string;
  /** Who is spoken to, as a sentence begins: `Feishu`. */
  readonly who: string;
  /** The whole of it may be a secret. */
  readonly url: string;
  /** The URL is a credential: it never travels in the clear, except on this machine. */
  readonly mustBePrivate: boolean;
  /** Beside those in the address: what must not come back in an error. */
  readonly secrets?: readonly string[];
  readonly clock: Clock;
  readonly timeoutMs?: number;
}

/** What the other side said, without the secrets that it may have said after us. */
export interface JsonAnswer {
  readonly status: number;
  readonly text: string;
  /** The body as an object; empty when it is not JSON or no object. */
  readonly json: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | null;
}

export interface JsonPost {
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Added to the query of the address. */
  readonly query?: string;
  /** The channel's own reading; null leaves it to the status. */
  readonly read?: (answer: JsonAnswer) => DeliveryOutcome | null;
  readonly signal?: AbortSignal | undefined;
}

export interface JsonDoor {
  /** Never rejects. */
  post(post: JsonPost): Promise<DeliveryOutcome>;
  close(): void;
}

const TIMEOUT_MS = 15_000;
/** What the other side answers beyond this is not read. */
const MAX_REPLY_BYTES = 64 << 10;

/** @throws LibraError LIBRA_CONFIG_INVALID when the URL can't be used */
export function openJsonDoor(options: JsonDoorOptions): JsonDoor {
  const { who, name, clock } = options;
  const { base, path } = splitUrl(options);
  const client = createHttpClient({ base, errorCode: 'LIBRA_NOTIFIER_FAILED', maxBytes: MAX_REPLY_BYTES, clock });
  const redact = redactor([...secretsIn(path), ...(options.secrets ?? [])]);

  async function post({ body, headers, query, read, signal }: JsonPost): Promise<DeliveryOutcome> {
    let reply: HttpReply;
    try {
      reply = await client.send({
        method: 'POST',
        path: query ? `${path}${path.includes('?') ? '&' : '?'}${query}` : path,
        body,
        headers: { 'user-agent': 'Libra', ...headers },
        timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
        signal,
      });
    } catch (error) {
      return failureOf(error, who, name);
    }
    const answer = answerOf(reply, clock.now(), redact);
    const outcome = read?.(answer) ?? outcomeOfStatus(answer, who);
    return outcome.kind === 'sent' ? outcome : { ...outcome, error: cleanLine(outcome.error, 300) };
  }

  return { post, close: () => client.close() };
}

/** What a status means where the channel knows nothing better. */
export function outcomeOfStatus({ status, retryAfterMs }: JsonAnswer, who: string): DeliveryOutcome {
  if (status >= 200 && status <= 299) return { kind: 'sent', detail: `HTTP ${status}` };
  const error = `${who} answered ${status}.`;
  if (status >= 300 && status <= 399)
    return { kind: 'dead', error: `${error} Redirects are not followed: give the final address.` };
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return { kind: 'retry', error, afterMs: retryAfterMs };
  return {
    kind: 'dead',
    error: status === 410 ? `${error} It is gone for good: remove it from the configuration.` : error,
  };
}

/** The address may be a secret: say what failed, not where. */
function failureOf(error: unknown, who: string, name: string): DeliveryOutcome {
  const why = error instanceof HttpError ? error.failure : 'failed';
  // It was received, so another attempt would only send it twice.
  if (why === 'too-large')
    return {
      kind: 'dead',
      error: `${who} (${name}) answered with more than ${MAX_REPLY_BYTES >> 10} KiB: is the address right?`,
    };
  return { kind: 'retry', error: `${who} (${name}) could not be reached (${why}).`, afterMs: null };
}

function answerOf({ status, text, headers }: HttpReply, now: number, redact: Redactor): JsonAnswer {
  let json: unknown;
  try {
    // Redacted as it is parsed: before that a secret may stand in escapes, after it a channel may have cut it in half.
    json = JSON.parse(text, (_, value) => (typeof value === 'string' ? redact(value) : value));
  } catch {
    json = null;
  }
  return {
    status,
    text: redact(text),
    json: json !== null && typeof json === 'object' && !Array.isArray(json) ? (json as Record<string, unknown>) : {},
    retryAfterMs: parseRetryAfter(headers['retry-after'], now),
  };
}

function splitUrl({ name, url, mustBePrivate }: JsonDoorOptions) {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['http:', 'https:'].includes(parsed.protocol)) {
    throw new LibraError('LIBRA_CONFIG_INVALID', `The url of notifier "${name}" is not an http or https address.`, {
      hint: 'Write it like https://example.com/libra.',
    });
  }
  if (mustBePrivate && parsed.protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(parsed.hostname)) {
    throw new LibraError('LIBRA_CONFIG_INVALID', `The url of notifier "${name}" would send its secret unencrypted.`, {
      hint: 'Give an https address; http is for this machine only.',
    });
  }
  const path = `${parsed.pathname}${parsed.search}`;
  parsed.pathname = '';
  parsed.search = '';
  parsed.hash = '';
  return { base: parsed.href, path };
}

type Redactor = (text: string) => string;

/** Shorter parts, such as "send", are words that answers use too. */
const SHORTEST_TOKEN = 8;
const SHORTEST_SECRET = 4;

/** Whatever of an address may be a token: parts of its path and values of its query. */
function secretsIn(path: string): string[] {
  const [before = '', query = ''] = path.split('?');
  const parts = [...before.split('/'), ...query.split('&').map((pair) => pair.slice(pair.indexOf('=') + 1))];
  return parts.filter(({ length }) => length >= SHORTEST_TOKEN);
}

/** As they are, decoded and encoded, the longest first so that none is left in part. */
function redactor(secrets: readonly string[]): Redactor {
  const forms = secrets
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .flatMap((secret) => {
      const plain = decoded(secret);
      return [secret, plain, encodeURIComponent(plain)];
    });
  const known = [...new Set(forms)].sort((a, b) => b.length - a.length);
  return (text) => known.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

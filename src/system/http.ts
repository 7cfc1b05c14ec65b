/** A small HTTP client over node:http: Unix sockets (`unix:/path`), http and https, keep-alive, deadlines, size limits, JSON. */
import { Agent as HttpAgent, type RequestOptions, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { type ErrorCode, LibraError, messageOf } from '../domain/errors.ts';
import { type Clock, systemClock } from './clock.ts';
import { parseTolerantJson } from './json.ts';

/** What went wrong on the way; `status` means the server answered, but not with 2xx. */
export type HttpFailure =
  | 'refused'
  | 'unresolvable'
  | 'certificate not trusted'
  | 'reset'
  | 'timeout'
  | 'aborted'
  | 'too-large'
  | 'not-json'
  | 'status';

/** A request that did not end in a usable answer. */
export class HttpError extends LibraError {
  readonly failure: HttpFailure;
  /** The answer's status and text, when there was one. */
  readonly reply: HttpReply | null;

  constructor(
    failure: HttpFailure,
    message: string,
    options: { readonly code: ErrorCode; readonly hint: string; readonly reply?: HttpReply; readonly cause?: unknown },
  ) {
    super(options.code, message, options);
    this.name = 'HttpError';
    this.failure = failure;
    this.reply = options.reply ?? null;
  }
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** From the first byte sent to the last received; 30 s by default. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface HttpClient {
  /** Who is spoken to, for messages: `http://127.0.0.1:8000` or `unix:/run/engine.sock`. */
  readonly base: string;
  /** Any answer, whatever its status. @throws HttpError when there is none */
  send(request: HttpRequest): Promise<HttpReply>;
  /** The parsed body of a 2xx answer; bare NaN and Infinity are taken as numbers. @throws HttpError */
  sendJson(request: HttpRequest): Promise<unknown>;
  /** Closes idle and busy connections. */
  close(): void;
}

export interface HttpClientOptions {
  /** `http(s)://host:port[/prefix]` or `unix:/path/to.sock`. */
  readonly base: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Code of the errors; LIBRA_ENGINE_FAILED by default. */
  readonly errorCode?: ErrorCode;
  /** Largest answer taken, bytes; 64 MiB by default. */
  readonly maxBytes?: number;
  readonly maxConnections?: number;
  readonly clock?: Clock;
}

/** @throws LibraError LIBRA_USAGE when `base` is not an address */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const { base, clock = systemClock, maxBytes = 64 << 20, errorCode: code = 'LIBRA_ENGINE_FAILED' } = options;
  const target = parseBase(base);
  const agentOptions = { keepAlive: true, maxSockets: options.maxConnections ?? 16 };
  const agent = target.isSecure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const ask = target.isSecure ? requestHttps : requestHttp;

  function send(request: HttpRequest): Promise<HttpReply> {
    const timeoutMs = request.timeoutMs ?? 30_000;
    const what = `${request.method} ${base}${request.path}`;
    const body = request.body === undefined ? null : Buffer.from(JSON.stringify(request.body));
    const calledOff = () =>
      new HttpError('aborted', `${what} was called off.`, { code, hint: 'Nothing to do: the work was stopped.' });
    if (request.signal?.aborted) return Promise.reject(calledOff());
    return new Promise((resolve, reject) => {
      const fail = (error: HttpError) => {
        finish();
        outgoing.destroy();
        reject(error);
      };
      const give = (failure: HttpFailure, message: string, hint: string, cause?: unknown) =>
        fail(new HttpError(failure, message, { code, hint, cause }));
      const aborted = () => fail(calledOff());
      const outgoing = ask({
        ...target.where,
        method: request.method,
        path: target.prefix + request.path,
        agent,
        headers: {
          accept: 'application/json',
          ...(body && { 'content-type': 'application/json', 'content-length': body.length }),
          ...options.headers,
          ...request.headers,
        },
      });
      const deadline = clock.after(timeoutMs, () =>
        give(
          'timeout',
          `${what} got no answer within ${timeoutMs / 1000} s.`,
          'Look whether the server is stuck or overloaded.',
        ),
      );
      const finish = () => {
        deadline.cancel();
        request.signal?.removeEventListener('abort', aborted);
      };
      request.signal?.addEventListener('abort', aborted, { once: true });
      outgoing.on('error', (error) => {
        const [failure, why, hint] = explain(error);
        give(failure, `${what} failed: ${why}.`, hint, error);
      });
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        let size = 0;
        incoming.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= maxBytes) return;
          give(
            'too-large',
            `${what} answered with more than ${maxBytes} bytes.`,
            'Is this the right server and address?',
          );
        });
        incoming.on('end', () => {
          finish();
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
        incoming.on('error', (error) => give('reset', `${what}: the answer broke off.`, HINT_RESET, error));
      });
      outgoing.end(body ?? undefined);
    });
  }

  async function sendJson(request: HttpRequest): Promise<unknown> {
    const reply = await send(request);
    const what = `${request.method} ${base}${request.path}`;
    if (reply.status < 200 || reply.status > 299) {
      const message = `${what} answered ${reply.status}: ${errorText(reply.text)}`;
      throw new HttpError('status', message, { code, reply, hint: hintOf(reply.status) });
    }
    try {
      return parseTolerantJson(reply.text);
    } catch (cause) {
      const message = `${what} answered with something that is not JSON: ${start(reply.text)}`;
      throw new HttpError('not-json', message, { code, reply, cause, hint: 'Is this the right server and address?' });
    }
  }

  return { base, send, sendJson, close: () => agent.destroy() };
}

/** The message inside an error body of the usual shapes ({error: {message}}, {message}, {detail}), else its first characters. */
export function errorText(body: string): string {
  try {
    const parsed = JSON.parse(body) as Record<string, unknown>;
    const inner = (parsed.error ?? parsed) as Record<string, unknown> | string;
    const text = typeof inner === 'string' ? inner : (inner.message ?? inner.detail ?? parsed.detail);
    if (typeof text === 'string' && text !== '') return start(text);
  } catch {
    // Not JSON: show what it is.
  }
  return start(body);
}

const HINT_RESET = 'The server may have crashed or been restarted: look at its log.';

const HINT_CERTIFICATE =
  'Give the server a certificate for its name, or name the authority that signed it in NODE_EXTRA_CA_CERTS.';

function explain(error: Error): [failure: HttpFailure, why: string, hint: string] {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  // Happy eyeballs: several addresses were tried and each failed.
  const first = (error as AggregateError).errors?.[0] as NodeJS.ErrnoException | undefined;
  switch (code || first?.code) {
    case 'ECONNREFUSED':
    case 'ENOENT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return ['refused', 'nothing listens there', 'Start the server, or correct the address.'];
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ['unresolvable', 'the host name is unknown', 'Correct the address.'];
    case 'ECONNRESET':
    case 'EPIPE':
      return ['reset', 'the connection broke', HINT_RESET];
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_HAS_EXPIRED':
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return ['certificate not trusted', messageOf(error), HINT_CERTIFICATE];
    case 'ETIMEDOUT':
      return ['timeout', 'the connection timed out', 'Look whether the server can be reached from here.'];
    default:
      return ['reset', messageOf(error) || code, 'Check the address and the network.'];
  }
}

function parseBase(base: string): { isSecure: boolean; prefix: string; where: RequestOptions } {
  if (base.startsWith('unix:')) {
    const socketPath = base.slice('unix:'.length).replace(/^\/\//, '');
    return { isSecure: false, prefix: '', where: { socketPath, host: 'localhost' } };
  }
  const url = URL.canParse(base) ? new URL(base) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new LibraError('LIBRA_USAGE', `"${base}" is not the address of a server.`, {
      hint: 'Write it like http://127.0.0.1:8000 or unix:/path/to/engine.sock.',
    });
  }
  const auth = url.username ? { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` } : {};
  const where = { hostname: url.hostname.replace(/^\[|\]$/g, ''), ...(url.port && { port: url.port }), ...auth };
  return { isSecure: url.protocol === 'https:', prefix: url.pathname.replace(/\/+$/, ''), where };
}

function hintOf(status: number): string {
  if (status === 401 || status === 403) return 'Give the right key for this server.';
  if (status === 404) return 'The server does not know this path: is it the right server and address?';
  if (status === 429 || status === 503)
    return 'The server is overloaded or not ready: try again later or ask it less at once.';
  return status >= 500 ? 'Look at the log of the server.' : 'The server did not accept the request: see its message.';
}

function start(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line === '' ? '(nothing)' : line.length > 300 ? `${line.slice(0, 300)}…` : line;
}

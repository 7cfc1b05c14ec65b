/** The line to one engine: retries what is worth retrying, notices an engine that hangs, and fails everything at once when it is lost. */
import type { LibraError } from '../domain/errors.ts';
import { type Clock, systemClock } from '../system/clock.ts';
import { createHttpClient, HttpError, type HttpReply } from '../system/http.ts';

export interface EngineConnection {
  readonly base: string;
  /** POSTs JSON and returns the parsed answer. @throws LibraError of the engine family; HttpError when the engine refused the request */
  ask(path: string, body: unknown, signal?: AbortSignal): Promise<unknown>;
  /** GETs once, without retries. @throws HttpError */
  look(path: string, timeoutMs?: number): Promise<HttpReply>;
  /** True while `/health` does not say otherwise; a server without that path counts as alive as long as it answers. */
  isHealthy(): Promise<boolean>;
  /** From now on every request, also those under way, is rejected with this error. */
  fail(error: LibraError): void;
  /** Resolves when the engine is lost; stays pending otherwise. */
  readonly failure: Promise<LibraError>;
  close(): void;
}

export interface ConnectionOptions {
  readonly base: string;
  readonly apiKey: string | null;
  /** How an engine that stopped answering is reported. */
  readonly describeHang: (silentMs: number) => LibraError;
  /** No answer for this long: ask for its health, which may take half as long. 20 s by default. */
  readonly stallMs?: number;
  /** No request may take longer; 10 min by default. */
  readonly hardLimitMs?: number;
  readonly clock?: Clock;
}

/** Attempts for one request, waits doubling from 250 ms. */
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 250;
/** How long a server that is no longer healthy may take to end. */
const DYING_MS = 15_000;
/** Health checks missed in a row before an engine counts as hung. */
const MISSES = 2;

export function connectEngine(options: ConnectionOptions): EngineConnection {
  const { base, apiKey, clock = systemClock, stallMs = 20_000 } = options;
  const healthTimeoutMs = Math.max(1000, stallMs / 2);
  const hardLimitMs = options.hardLimitMs ?? 600_000;
  const headers = apiKey === null ? {} : { authorization: `Bearer ${apiKey}` };
  const client = createHttpClient({ base, headers, clock, maxBytes: 256 << 20 });
  const lost = new AbortController();
  const failure = new Promise<LibraError>((resolve) => {
    lost.signal.addEventListener('abort', () => resolve(lost.signal.reason as LibraError), { once: true });
  });
  const fail = (error: LibraError) => lost.abort(error);
  const look = (path: string, timeoutMs = healthTimeoutMs) => client.send({ method: 'GET', path, timeoutMs });
  const isHealthy = () =>
    look('/health').then(
      (reply) => reply.status !== 503,
      () => false,
    );

  /** While a request is unanswered, asks for the engine's health now and then. */
  async function guard(answered: AbortSignal): Promise<void> {
    const since = clock.monotonic();
    let misses = 0;
    while (true) {
      await clock.sleep(misses === 0 ? stallMs : stallMs / 4, answered);
      if (answered.aborted) return;
      const healthy = await isHealthy();
      if (answered.aborted) return;
      misses = healthy ? 0 : misses + 1;
      if (misses >= MISSES) return fail(options.describeHang(clock.monotonic() - since));
    }
  }

  async function askOnce(path: string, body: unknown, signal: AbortSignal): Promise<unknown> {
    const answered = new AbortController();
    void guard(answered.signal);
    try {
      return await client.sendJson({ method: 'POST', path, body, signal, timeoutMs: hardLimitMs });
    } finally {
      answered.abort();
    }
  }

  /** A server whose worker has died answers 500 a moment before it ends: its end says why, the answer does not. */
  async function sawItDie(error: unknown): Promise<never> {
    await clock.sleep(DYING_MS, lost.signal);
    throw lost.signal.aborted ? lost.signal.reason : error;
  }

  async function ask(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    const either = signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]);
    for (let attempt = 1; ; attempt++) {
      if (lost.signal.aborted) throw lost.signal.reason;
      signal?.throwIfAborted();
      try {
        return await askOnce(path, body, either);
      } catch (error) {
        if (lost.signal.aborted) throw lost.signal.reason;
        signal?.throwIfAborted();
        if (isServerError(error) && !(await isHealthy())) await sawItDie(error);
        if (attempt >= ATTEMPTS || !isWorthRetrying(error)) throw error;
        await clock.sleep(waitAfter(error, attempt), either);
      }
    }
  }

  return { base, ask, look, isHealthy, fail, failure, close: () => client.close() };
}

/** A broken connection or an overloaded server may be better in a moment; a refused request will be refused again. */
function isWorthRetrying(error: unknown): boolean {
  if (!(error instanceof HttpError)) return false;
  if (error.failure === 'status') return [429, 502, 503, 504].includes(error.reply?.status ?? 0);
  return error.failure === 'reset' || error.failure === 'refused';
}

/** Overload (502 to 504) is no sign of a fault; 500 may be one. */
function isServerError(error: unknown): boolean {
  return error instanceof HttpError && error.failure === 'status' && error.reply?.status === 500;
}

/** Milliseconds: what the server asks for (Retry-After in seconds, at most 30), else doubling. */
function waitAfter(error: unknown, attempt: number): number {
  const asked = Number(error instanceof HttpError ? error.reply?.headers['retry-after'] : Number.NaN);
  return asked >= 0 ? Math.min(asked, 30) * 1000 : FIRST_WAIT_MS * 2 ** (attempt - 1);
}

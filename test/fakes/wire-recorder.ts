/** Stands between a client and a real server and keeps what was asked and answered; and a server that answers from what was kept. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHttpClient } from '../../src/system/http.ts';

export interface Exchange {
  readonly method: string;
  readonly path: string;
  /** Parsed JSON; null when there was none. */
  readonly asked: unknown;
  readonly status: number;
  /** As it was written, so that NaN and the like stay what they were. */
  readonly answered: string;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function listen(answer: (method: string, path: string, asked: unknown) => Promise<Answer>) {
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { status, text: body } = await answer(request.method ?? 'GET', request.url ?? '/', text && JSON.parse(text));
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  };
  const server = createServer((request, response) => {
    serve(request, response).catch((error) => response.writeHead(599).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
  const address = server.address();
  return {
    base: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface HidingOptions {
  /** Paths that answer 404, as a server without them does. */
  readonly hidden?: readonly string[];
}

const NOT_FOUND: Answer = { status: 404, text: '{"detail":"Not Found"}' };

/** `await using recorder = await recordWire(base, key, kept)`; every exchange is added to `kept` once. */
export async function recordWire(base: string, key: string, kept: Exchange[], { hidden = [] }: HidingOptions = {}) {
  const client = createHttpClient({ base, headers: { authorization: `Bearer ${key}` } });
  return listen(async (method, path, asked) => {
    if (hidden.includes(path)) return NOT_FOUND;
    const body = asked === '' ? null : asked;
    const reply = await client.send({
      ...{ method: method as 'GET' | 'POST', path, timeoutMs: 600_000 },
      ...(body !== null && { body }),
    });
    const key = keyOf(method, path, body);
    if (!kept.some((one) => keyOf(one.method, one.path, one.asked) === key)) {
      kept.push({ method, path, asked: body, status: reply.status, answered: reply.text });
    }
    return reply;
  });
}

/** `await using server = await replayWire(kept)`; a request that was never recorded is refused with a sentence. */
export async function replayWire(kept: readonly Exchange[], { hidden = [] }: HidingOptions = {}) {
  const answers = new Map(kept.map((one) => [keyOf(one.method, one.path, one.asked), one]));
  return listen(async (method, path, asked) => {
    if (hidden.includes(path)) return NOT_FOUND;
    const found = answers.get(keyOf(method, path, asked === '' ? null : asked));
    if (found !== undefined) return { status: found.status, text: found.answered };
    return {
      status: 418,
      text: JSON.stringify({ error: { message: `not recorded: ${method} ${path} ${JSON.stringify(asked)}` } }),
    };
  });
}

function keyOf(method: string, path: string, asked: unknown): string {
  return `${method} ${path} ${JSON.stringify(asked)}`;
}

/** HTTP around the routes: key, errors, time limits, server-sent events, and an abort signal when the client goes away. */
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { once, setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ApiError, errorReply, overloaded } from './api-error.ts';
import { readBody } from './read-body.ts';
import type { Route, RouteReply, Served } from './route.ts';
import { ROUTES } from './routes/index.ts';

export interface HttpServerOptions {
  /** What clients must send as Bearer; null lets everyone in who can reach the socket. */
  readonly key: string | null;
  /** How long the headers of a request may take to come; 15 s by default. */
  readonly headersTimeoutMs?: number;
  /** How long a whole request may take to come; 2 min by default. Answers may take any time. */
  readonly requestTimeoutMs?: number;
  /** Requests that are answered at the same time, those that wait for their turn included; 1000 by default. */
  readonly requestsAtOnce?: number;
}

/** Connections at the same time; further ones are closed at once. */
const MOST_CONNECTIONS = 4096;

export function createHttpServer(served: Served, options: HttpServerOptions): Server {
  const { headersTimeoutMs = 15_000, requestTimeoutMs = 120_000, requestsAtOnce = 1000 } = options;
  let underWay = 0;
  const server = createServer(
    {
      keepAliveTimeout: 60_000,
      headersTimeout: headersTimeoutMs,
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
    },
    (request, response) => {
      underWay += 1;
      response.once('close', () => {
        underWay -= 1;
      });
      void handle(request, response, { served, key: options.key, isOverloaded: underWay > requestsAtOnce });
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on('clientError', refuseConnection);
  return server;
}

interface Handling {
  readonly served: Served;
  readonly key: string | null;
  readonly isOverloaded: boolean;
}

async function handle(request: IncomingMessage, response: ServerResponse, { served, key, isOverloaded }: Handling) {
  const gone = new AbortController();
  // Every sequence of the request listens.
  setMaxListeners(0, gone.signal);
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client went away'));
  });
  response.setHeader('x-request-id', randomUUID());
  try {
    const { route, rest } = findRoute(request);
    // Health is for whoever watches the process; it tells nothing of the model.
    const isOpen = route.path === '/health';
    if (!isOpen) requireKey(request, key);
    if (!isOpen && isOverloaded) throw overloaded('too many requests at once');
    const body = route.method === 'POST' ? await readBody(request) : {};
    await send(response, await route.answer({ served, body, rest, signal: gone.signal }), gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    const { status, body, headers } = errorReply(error);
    if (response.headersSent) response.end(`data: ${JSON.stringify(body)}\n\n`);
    else sendJson(response, status, body, request.complete ? headers : { ...headers, connection: 'close' });
  }
}

/** HEAD is GET without the body, which Node leaves out by itself. */
function findRoute(request: IncomingMessage): { route: Route; rest: string } {
  const path = (request.url ?? '/').split('?', 1)[0] as string;
  const method = request.method === 'HEAD' ? 'GET' : request.method;
  const there = ROUTES.filter((route) =>
    route.path.endsWith('/') ? path.startsWith(route.path) : path === route.path,
  );
  const route = there.find((each) => each.method === method);
  if (route !== undefined)
    return { route, rest: route.path.endsWith('/') ? decode(path.slice(route.path.length)) : '' };
  if (there.length === 0)
    throw new ApiError(404, 'not_found', `there is no ${request.method} ${path.slice(0, 200)} here`);
  const allow = there.map((each) => each.method).join(', ');
  throw new ApiError(405, 'method_not_allowed', `${path} takes ${allow}`, { headers: { allow } });
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function requireKey(request: IncomingMessage, key: string | null): void {
  if (key === null) return;
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${key}`);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  const what = given.length === 0 ? 'no key was sent' : 'the key is not the right one';
  throw new ApiError(401, 'invalid_api_key', `${what}: send the key of this engine as "Authorization: Bearer KEY"`, {
    headers: { 'www-authenticate': 'Bearer' },
  });
}

async function send(response: ServerResponse, reply: RouteReply, signal: AbortSignal): Promise<void> {
  if ('json' in reply) return sendJson(response, 200, reply.json);
  let isBegun = false;
  for await (const event of reply.events) {
    if (signal.aborted) return;
    // Headers go with the first event, so that a request that fails before it still gets its status.
    if (!isBegun) beginEvents(response);
    isBegun = true;
    const hasRoom = response.write(`data: ${JSON.stringify(event)}\n\n`);
    if (!hasRoom) await once(response, 'drain', { signal }).catch(() => {});
  }
  if (!isBegun) beginEvents(response);
  response.end('data: [DONE]\n\n');
}

function beginEvents(response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache',
    'x-accel-buffering': 'no',
  });
}

function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': text.length,
  });
  response.end(text);
}

/** What is no HTTP, or comes too slowly, gets its answer on the bare connection. */
function refuseConnection(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, words, code, message] =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? [408, 'Request Timeout', 'request_timeout', 'the request took too long to come']
      : error.code === 'HPE_HEADER_OVERFLOW'
        ? [431, 'Request Header Fields Too Large', 'headers_too_large', 'the headers of the request are too large']
        : [400, 'Bad Request', 'invalid_http', 'this is no valid HTTP request'];
  const body = JSON.stringify(errorReply(new ApiError(status, code, message)).body);
  socket.end(
    `HTTP/1.1 ${status} ${words}\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    () => socket.destroy(),
  );
}

/** HTTP around the routes: key, body, errors, server-sent events, and an abort signal when the client goes away. */
import { timingSafeEqual } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApiError, errorReply } from './api-error.ts';
import type { Body } from './fields.ts';
import type { Route, RouteReply, Served } from './route.ts';
import { ROUTES } from './routes/index.ts';

const LARGEST_BODY = 64 * 1024 * 1024;

/** @param key what clients must send as Bearer; null lets everyone in who can reach the socket */
export function createHttpServer(served: Served, key: string | null): Server {
  const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
    void handle(request, response, served, key);
  });
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  return server;
}

async function handle(request: IncomingMessage, response: ServerResponse, served: Served, key: string | null) {
  const gone = new AbortController();
  // Every sequence of the request listens.
  setMaxListeners(0, gone.signal);
  response.on('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client went away'));
  });
  try {
    const route = findRoute(request);
    if (route.path !== '/health') requireKey(request, key);
    const body = route.method === 'POST' ? await readBody(request) : {};
    await send(response, await route.answer({ served, body, signal: gone.signal }), gone.signal);
  } catch (error) {
    if (gone.signal.aborted) return;
    const { status, body } = errorReply(error);
    if (response.headersSent) response.end(`data: ${JSON.stringify(body)}\n\n`);
    else sendJson(response, status, body);
  }
}

function findRoute(request: IncomingMessage): Route {
  const path = (request.url ?? '/').split('?')[0];
  const there = ROUTES.filter((route) => route.path === path);
  const route = there.find(({ method }) => method === request.method);
  if (route !== undefined) return route;
  if (there.length > 0) throw new ApiError(405, 'method_not_allowed', `${path} takes ${there[0]?.method}`);
  throw new ApiError(404, 'not_found', `there is no ${request.method} ${path} here`);
}

function requireKey(request: IncomingMessage, key: string | null): void {
  if (key === null) return;
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${key}`);
  if (given.length === wanted.length && timingSafeEqual(given, wanted)) return;
  throw new ApiError(401, 'invalid_api_key', 'send the key of this engine as "Authorization: Bearer KEY"');
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Read on without keeping it, so that the client sees the answer instead of a broken pipe; but not for ever.
    if (size > LARGEST_BODY) chunks.length = 0;
    else chunks.push(chunk);
    if (size > 4 * LARGEST_BODY) break;
  }
  if (size > LARGEST_BODY) throw new ApiError(413, 'request_too_large', `a request may have ${LARGEST_BODY} bytes`);
  let body: unknown;
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new ApiError(400, 'invalid_json', 'the body is not JSON');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw new ApiError(400, 'invalid_json', 'the body is not a JSON object');
}

async function send(response: ServerResponse, reply: RouteReply, signal: AbortSignal): Promise<void> {
  if ('json' in reply) return sendJson(response, 200, reply.json);
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' });
  for await (const event of reply.events) {
    if (signal.aborted) return;
    response.write(`data: ${JSON.stringify(event)}\n\n`);
  }
  response.end('data: [DONE]\n\n');
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const text = Buffer.from(JSON.stringify(value));
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': text.length,
  });
  response.end(text);
}

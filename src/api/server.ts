/** The HTTP server: routes from their schemas, every request let in by the same rules, every error as problem+json. */
import { createHash } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { EventBus } from '../daemon/event-bus.ts';
import { LibraError, messageOf } from '../domain/errors.ts';
import type { Store } from '../store/open-store.ts';
import { type Clock, systemClock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import { type AccessRules, type ApiToken, admit, type Caller, requireTokensFor, type Scope } from './access.ts';
import { renderDocs } from './docs-page.ts';
import { eventStreamRoute, openEventStream } from './event-stream.ts';
import { createLiveHub } from './live.ts';
import { describeApi } from './openapi.ts';
import { PROBLEM_TYPE, RequestError, toProblem } from './problem.ts';
import { NONCE_HEADER, PROOF_HEADER, proofOf } from './proof.ts';
import { JSON_MEDIA, type Route, routerPath } from './route.ts';
import { adviceRoutes } from './routes/advice.ts';
import { alertRoutes } from './routes/alerts.ts';
import { checkpointRoutes } from './routes/checkpoints.ts';
import { comparisonRoutes } from './routes/comparisons.ts';
import { healthRoutes } from './routes/health.ts';
import { hookRoutes } from './routes/hooks.ts';
import { interventionRoutes } from './routes/interventions.ts';
import { runRoutes } from './routes/runs.ts';
import { verdictRoutes } from './routes/verdicts.ts';
import { type ActionRules, serveActions } from './serve-actions.ts';
import { serveDashboard } from './serve-dashboard.ts';

export interface ServerOptions {
  readonly store: Store;
  /** `tokens` are those of the configuration; port 0 takes a free one. */
  readonly config: {
    readonly host: string;
    readonly port: number;
    /** Address under which people reach it, where that is another one. */
    readonly publicUrl?: string | null;
    readonly tokens: readonly ApiToken[];
  };
  /** Of the links in messages; without them there are none. */
  readonly actions?: ActionRules;
  /** The local user's token (`ensureToken`): may do everything. */
  readonly token: string;
  readonly events: Pick<EventBus, 'emit' | 'subscribe' | 'transact'>;
  readonly poke: (path: string) => void;
  readonly version: string;
  readonly log: Log;
  readonly isReady?: () => boolean;
  readonly clock?: Clock;
  /** How often an idle event stream says that it lives, and how long a reader may take nothing; milliseconds. */
  readonly live?: { readonly heartbeatMs?: number; readonly stallMs?: number; readonly maxReaders?: number };
}

export interface Server {
  /** @returns the address to open. @throws LIBRA_PORT_IN_USE, LIBRA_CONFIG_INVALID */
  listen(): Promise<string>;
  close(): Promise<void>;
  /** For tests: the server without a socket. */
  readonly app: FastifyInstance;
}

const BODY_LIMIT = 64 * 1024;
const REQUEST_TIMEOUT_MS = 15_000;

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** @throws LIBRA_CONFIG_INVALID when others could reach it and there are no tokens */
export function createServer(options: ServerOptions): Server {
  const { store, config, events, log, version, clock = systemClock } = options;
  requireTokensFor(config.host, config.tokens);
  const rules: AccessRules = {
    host: config.host,
    publicHost: config.publicUrl == null ? null : new URL(config.publicUrl).host,
    tokens: [...config.tokens, { name: 'local', token: options.token, scopes: ['admin'] }],
  };
  const lastId = (): number => store.events.edges()?.last ?? 0;
  const hub = createLiveHub({
    source: { after: store.events.after, lastId, subscribe: events.subscribe },
    clock,
    ...options.live,
  });
  const room = { store, events, poke: options.poke, isReady: options.isReady ?? (() => true), version, clock };
  const routes = [
    ...runRoutes(room),
    ...verdictRoutes(room),
    ...checkpointRoutes(room),
    ...comparisonRoutes(room),
    ...adviceRoutes(room),
    ...interventionRoutes(room),
    ...alertRoutes(room),
    ...hookRoutes(room),
    ...healthRoutes(room, hub.readers),
  ];

  const app = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
    frameworkErrors: (error, _request, reply) => sendProblem(reply, error),
  });
  const sendProblem = (reply: FastifyReply, error: unknown): FastifyReply => {
    const problem = toProblem(error);
    if (problem.status >= 500 && problem.code === 'LIBRA_INTERNAL') {
      log.error('a request failed', {
        error: messageOf(error),
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
    if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="libra"');
    return reply
      .code(problem.status)
      .header('cache-control', 'no-store')
      .type(PROBLEM_TYPE)
      .send(JSON.stringify(problem));
  };
  const letIn = (request: FastifyRequest, needed: Scope | 'host'): Caller | null =>
    admit(rules, { host: request.headers.host, authorization: request.headers.authorization }, needed);

  takeJsonOnly(app);
  app.addHook('onRequest', async (_request, reply) => void reply.headers(HEADERS));
  app.addHook('onSend', async (request, reply, payload) => {
    if (typeof payload !== 'string') return payload;
    const { method, url, headers } = request;
    const answer = { nonce: headers[NONCE_HEADER], method, url, status: reply.statusCode, body: payload };
    const proof = proofOf(
      answer,
      rules.tokens.map(({ token }) => token),
    );
    if (proof !== null) reply.header(PROOF_HEADER, proof);
    return payload;
  });
  app.setErrorHandler((error, _request, reply) => sendProblem(reply, error));
  app.setNotFoundHandler((request, reply) => {
    letIn(request, 'host');
    const error = new LibraError('LIBRA_NOT_FOUND', `There is nothing at ${request.method} ${request.url}.`, {
      hint: 'See /api/docs for what there is.',
    });
    return sendProblem(reply, error);
  });

  for (const route of routes) addRoute(app, route, letIn);
  app.get('/api/v1/events', { exposeHeadRoute: false }, (request, reply) => {
    letIn(request, 'read');
    openEventStream(hub, request, reply);
  });
  const document = describeApi([...routes, eventStreamRoute], version);
  addPage(app, '/api/openapi.json', 'application/json', JSON.stringify(document), null, letIn);
  addPage(app, '/api/docs', 'text/html', renderDocs(document), "default-src 'none'; style-src 'unsafe-inline'", letIn);
  if (options.actions) serveActions(app, room, options.actions, (request) => void letIn(request, 'host'));
  serveDashboard(app, (request) => void letIn(request, 'host'));
  app.addHook('preClose', async () => hub.close());

  return {
    app,
    async listen() {
      try {
        await app.listen({ host: config.host, port: config.port });
      } catch (error) {
        throw explainListen(error, config);
      }
      const address = app.server.address();
      const port = typeof address === 'object' && address !== null ? address.port : config.port;
      return addressOf(config.host, port);
    },
    close: () => app.close(),
  };
}

type LetIn = (request: FastifyRequest, needed: Scope | 'host') => Caller | null;

function addRoute(app: FastifyInstance, route: Route, letIn: LetIn): void {
  const media = route.media ?? JSON_MEDIA;
  // Before the body is read: who may not write is not listened to.
  const callers = new WeakMap<FastifyRequest, Caller | null>();
  app.route({
    method: route.method,
    url: routerPath(route.path),
    onRequest: async (request) => {
      callers.set(request, route.scope === null ? null : letIn(request, route.scope));
    },
    handler: async (request, reply) => {
      const answer = route.answer({
        params: check('path', route.params, request.params),
        query: check('query', route.query, request.query),
        body: route.body === undefined ? undefined : check('body', route.body, request.body),
        caller: callers.get(request) ?? null,
      });
      const text = media === JSON_MEDIA ? JSON.stringify(answer) : String(answer);
      reply.code(route.status ?? 200).type(media);
      return route.method === 'GET' && route.scope !== null ? sendTagged(request, reply, text) : reply.send(text);
    },
  });
}

/** A page or document that never changes while the daemon runs. */
function addPage(
  app: FastifyInstance,
  path: string,
  type: string,
  text: string,
  policy: string | null,
  letIn: LetIn,
): void {
  app.get(path, (request, reply) => {
    letIn(request, 'host');
    if (policy !== null) reply.header('content-security-policy', policy);
    return sendTagged(request, reply.type(`${type}; charset=utf-8`), text);
  });
}

/** With an ETag, so that asking again costs nothing when nothing changed. */
function sendTagged(request: FastifyRequest, reply: FastifyReply, text: string): FastifyReply {
  const tag = `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
  reply.header('etag', tag).header('cache-control', 'private, no-cache').header('vary', 'authorization');
  const known = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? [];
  return known.includes(tag) || known.includes('*') ? reply.code(304).send() : reply.send(text);
}

function check(where: string, schema: Route['params'], value: unknown): unknown {
  if (where === 'query') {
    for (const [name, text] of Object.entries(value as Record<string, unknown>)) {
      if (text === '')
        throw new RequestError('query', [{ code: 'custom', path: [name], message: 'has no value', input: text }]);
    }
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new RequestError(where, parsed.error.issues);
}

/** JSON is all a browser form can't send, so a foreign page can't either. An empty body is no body. */
function takeJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined);
    else parse(request, body as string, done);
  });
}

function explainListen(error: unknown, { host, port }: ServerOptions['config']): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return new LibraError('LIBRA_PORT_IN_USE', `Port ${port} on ${host} is in use.`, {
      hint: 'Choose another with --port (0 takes a free one), or stop what listens there.',
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new LibraError('LIBRA_CONFIG_INVALID', `Libra cannot listen on ${host}:${port}: ${messageOf(error)}.`, {
      hint: 'Choose a host of this machine with --host and a port above 1023 with --port.',
      cause: error,
    });
  }
  return error;
}

function addressOf(host: string, port: number): string {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `http://${name.includes(':') && !name.startsWith('[') ? `[${name}]` : name}:${port}`;
}

/** The routes of the dashboard: one page at the address of every view, and its files, which never change under their names. */
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LibraError } from '../domain/errors.ts';
import { DASHBOARD_POLICY, type DashboardFile, readDashboard } from './dashboard-files.ts';

/** Each with everything below it; the page itself says where there is nothing. */
const VIEWS = ['runs', 'alerts', 'compare', 'checkpoints'];

/** @param letIn refuses foreign hosts */
export function serveDashboard(app: FastifyInstance, letIn: (request: FastifyRequest) => void): void {
  const files = readDashboard();
  const sendPage = (request: FastifyRequest, reply: FastifyReply) => {
    letIn(request);
    const page = files.page();
    const tag = `"${createHash('sha256').update(page.bytes).digest('base64url').slice(0, 22)}"`;
    reply.headers({ 'content-security-policy': DASHBOARD_POLICY, etag: tag, 'cache-control': 'private, no-cache' });
    return request.headers['if-none-match'] === tag ? reply.code(304).send() : sendFile(request, reply, page);
  };
  app.get('/', sendPage);
  for (const view of VIEWS) {
    app.get(`/${view}`, sendPage);
    app.get(`/${view}/*`, sendPage);
  }
  app.get('/assets/*', (request, reply) => {
    letIn(request);
    const file = files.asset(`assets/${(request.params as { '*': string })['*']}`);
    if (file === undefined) {
      throw new LibraError('LIBRA_NOT_FOUND', `There is nothing at ${request.url}.`, {
        hint: 'Load the page anew: it may be of an older version.',
      });
    }
    return sendFile(request, reply.header('cache-control', 'public, max-age=31536000, immutable'), file);
  });
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: DashboardFile): FastifyReply {
  reply.type(file.type).header('vary', 'accept-encoding');
  const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  return takesGzip ? reply.header('content-encoding', 'gzip').send(file.gzipped()) : reply.send(file.bytes);
}

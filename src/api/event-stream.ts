/** The route of the event stream: the one answer that does not end. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LibraError } from '../domain/errors.ts';
import { eventReply, eventsQuery, noQuery } from './contract.ts';
import type { LiveHub } from './live.ts';
import { RequestError } from './problem.ts';
import { defineRoute } from './route.ts';

/** For the reference only: `openEventStream` serves it. */
export const eventStreamRoute = defineRoute({
  method: 'GET',
  path: '/api/v1/events',
  tag: 'events',
  summary:
    'Everything that happens, live, as server-sent events; resumes after `Last-Event-ID`. Each data line is an Event.',
  scope: 'read',
  params: noQuery,
  query: eventsQuery,
  reply: eventReply,
  media: 'text/event-stream',
  answer: () => {
    throw new TypeError('served by openEventStream');
  },
});

/** @throws LIBRA_REQUEST_INVALID, LIBRA_NOT_READY when there are too many readers */
export function openEventStream(hub: LiveHub, request: FastifyRequest, reply: FastifyReply): void {
  const header = request.headers['last-event-id'];
  const parsed = eventsQuery.safeParse({
    ...(header === undefined || header === '' ? {} : { since: header }),
    ...(request.query as object),
  });
  if (!parsed.success) throw new RequestError('query', parsed.error.issues);
  if (hub.isFull()) {
    throw new LibraError('LIBRA_NOT_READY', 'Too many event streams are open.', {
      hint: 'Close some pages, or ask again in a moment.',
    });
  }
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  hub.open(reply.raw, { since: parsed.data.since ?? null, run: parsed.data.run ?? null });
}

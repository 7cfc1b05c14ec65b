/** For whoever runs the daemon: is it alive, is it ready, and how does it do (Prometheus). */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import { healthReply, noQuery } from '../contract.ts';
import { writeMetrics } from '../metrics.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

export function healthRoutes(room: ApiRoom, readers: () => number): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/healthz',
      tag: 'health',
      summary: 'The process is alive',
      scope: null,
      params: noQuery,
      query: noQuery,
      reply: healthReply,
      answer: () => ({ status: 'ok' as const, version: room.version }),
    }),
    defineRoute({
      method: 'GET',
      path: '/readyz',
      tag: 'health',
      summary: 'The daemon watches and its database answers; 503 until then',
      scope: null,
      params: noQuery,
      query: noQuery,
      reply: healthReply,
      answer() {
        if (!room.isReady()) {
          throw new LibraError('LIBRA_NOT_READY', 'Libra is still starting.', { hint: 'Ask again in a moment.' });
        }
        room.store.events.edges();
        return { status: 'ok' as const, version: room.version };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/metrics',
      tag: 'health',
      summary: 'Gauges in the Prometheus text format',
      scope: 'read',
      params: noQuery,
      query: noQuery,
      reply: z.string(),
      media: 'text/plain; version=0.0.4; charset=utf-8',
      answer: () => writeMetrics(room, readers()),
    }),
  ];
}

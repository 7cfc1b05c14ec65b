/** What the training side may tell: that something was saved. Nothing it says is believed; it only wakes the watcher. */
import { noQuery, notifyBody, notifyReply } from '../contract.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

export function hookRoutes({ poke }: ApiRoom): Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/v1/checkpoints/notify',
      tag: 'hooks',
      summary: "A trainer's hint that something was saved there",
      scope: 'act',
      params: noQuery,
      query: noQuery,
      body: notifyBody,
      reply: notifyReply,
      status: 202,
      answer({ body }) {
        poke(body.path);
        return { status: 'noted' as const };
      },
    }),
  ];
}

/** What the team changed in a training, and what came of it. */
import { z } from 'zod';
import { intervene } from '../../daemon/intervene.ts';
import { readInterventions } from '../../daemon/read-interventions.ts';
import { noQuery } from '../contract.ts';
import { interventionBody, interventionReply, interventionsReply } from '../contract-interventions.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

const ofRun = z.strictObject({ run: z.string().max(300).describe("A run's id or name") });
const path = '/api/v1/runs/{run}/interventions';

export function interventionRoutes({ store, events }: ApiRoom): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      tag: 'runs',
      summary: 'What the team changed, and how the capabilities moved across it',
      scope: 'read',
      params: ofRun,
      query: noQuery,
      reply: interventionsReply,
      answer: ({ params }) => ({ items: readInterventions(store, params.run) }),
    }),
    defineRoute({
      method: 'POST',
      path,
      tag: 'runs',
      summary: '"We changed ... at step S": marked on the trends, its effect measured afterwards',
      scope: 'act',
      params: ofRun,
      query: noQuery,
      body: interventionBody,
      reply: interventionReply,
      answer({ params, body: { step, note, by }, caller }) {
        const { id } = intervene(store, events, params.run, { step, note, by: by ?? caller?.name ?? 'token' });
        return readInterventions(store, params.run).find((each) => each.id === id)!;
      },
    }),
  ];
}

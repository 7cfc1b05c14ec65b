/** Two checkpoints of any runs, compared doc by doc. */
import { z } from 'zod';
import { findComparable, sideOfCheckpoint } from '../../daemon/comparison-side.ts';
import { readComparison } from '../../daemon/read-comparison.ts';
import { readExperiment } from '../../daemon/read-experiment.ts';
import { compareQuery, comparisonReply, experimentQuery, experimentReply } from '../contract-comparisons.ts';
import { presentExperiment } from '../present-experiment.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

export function comparisonRoutes({ store }: ApiRoom): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/compare',
      tag: 'comparisons',
      summary:
        'Paired differences of two checkpoints per task and capability, with intervals and the docs that flipped',
      scope: 'read',
      params: z.strictObject({}),
      query: compareQuery,
      reply: comparisonReply,
      answer: ({ query }) =>
        readComparison(
          sideOfCheckpoint(store, findComparable(store, query.a)),
          sideOfCheckpoint(store, findComparable(store, query.b)),
          query.flips,
        ),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/experiments',
      tag: 'comparisons',
      summary: 'Runs side by side: at equal tokens, on the whole way, and when each reaches a level, with intervals',
      scope: 'read',
      params: z.strictObject({}),
      query: experimentQuery,
      reply: experimentReply,
      answer({ query }) {
        const { runs, ...what } = query;
        return presentExperiment(readExperiment(store, { ...what, runs: runs.split(',') }));
      },
    }),
  ];
}

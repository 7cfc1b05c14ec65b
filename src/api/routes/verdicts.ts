/** What was said of every capability at every checkpoint of a run. */
import { z } from 'zod';
import { findRun } from '../../daemon/find-run.ts';
import { runVerdictsQuery, runVerdictsReply } from '../contract-run-verdicts.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

export function verdictRoutes({ store }: ApiRoom): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs/{run}/verdicts',
      tag: 'trends',
      summary: 'Every capability at every checkpoint: its change against the reference, and whether there is evidence',
      scope: 'read',
      params: z.strictObject({ run: z.string().max(300).describe("A run's id or name") }),
      query: runVerdictsQuery,
      reply: runVerdictsReply,
      answer({ params, query }) {
        const run = findRun(store, params.run).id;
        const judged = store.checkpoints
          .ofRun(run)
          .filter(({ state }) => state === 'evaluated')
          .slice(-query.last);
        const from = judged[0]?.step ?? 0;
        const checkpoints = store.verdicts.ofRun(run, from).slice(-query.last);
        return {
          run,
          checkpoints: checkpoints.map(({ checkpoint, step, verdicts }) => ({
            checkpoint,
            step,
            verdicts: verdicts.flatMap(({ series, kind, difference, ci95, n }) =>
              series.capability === null
                ? []
                : [
                    {
                      capability: series.capability,
                      kind,
                      difference,
                      ci95: ci95 === null ? null : ([ci95[0], ci95[1]] as [number, number]),
                      n,
                    },
                  ],
            ),
          })),
        };
      },
    }),
  ];
}

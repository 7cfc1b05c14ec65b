/** What is worth doing about a run. */
import { z } from 'zod';
import { readAdvice } from '../../daemon/read-advice.ts';
import { noQuery } from '../contract.ts';
import { adviceReply } from '../contract-advice.ts';
import { presentChange } from '../present-advice.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

const ofRun = z.strictObject({ run: z.string().max(300).describe("A run's id or name") });

const pair = ([low, high]: readonly [number, number]): [number, number] => [low, high];

export function adviceRoutes({ store }: ApiRoom): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs/{run}/advice',
      tag: 'runs',
      summary: 'What to try, why and how sure; where the curves are going; what to trust less',
      scope: 'read',
      params: ofRun,
      query: noQuery,
      reply: adviceReply,
      answer({ params }) {
        const { run, step, alerts, forecasts, cautions } = readAdvice(store, params.run);
        return {
          run,
          step,
          alerts: alerts.map(({ alert, title, advice: { action, why, against, confidence, change, zh } }) => ({
            alert,
            title,
            action: { en: action, zh: zh?.action ?? action },
            why: { en: why, zh: zh?.why ?? why },
            against: { en: against, zh: zh?.against ?? against },
            confidence,
            change: change === undefined ? null : presentChange(change),
          })),
          forecasts: forecasts.map(({ capability, name, step: end, forecast, isPlateau }) => ({
            capability,
            name,
            step: end,
            value: forecast.value,
            ci95: pair(forecast.ci95),
            gain: forecast.gain,
            gain_ci95: pair(forecast.gainCi95),
            model: forecast.model,
            plateau: isPlateau,
          })),
          cautions: cautions.map((caution) => ({ ...caution })),
        };
      },
    }),
  ];
}

/** Alerts: the list, one with its history, and the team's answers. */
import { z } from 'zod';
import { type AlertAnswer, answerAlert, requireAlert } from '../../daemon/answer-alert.ts';
import { findRun } from '../../daemon/find-run.ts';
import { alertDetailReply, alertPage, alertReply, alertsQuery, answerBody, noQuery } from '../contract.ts';
import { silenceBody } from '../contract-requests.ts';
import { presentAlert } from '../present.ts';
import { presentAlertDetail } from '../present-alert-detail.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

const byId = z.strictObject({ id: z.string().max(300) });

const ANSWERS: Readonly<Record<AlertAnswer, string>> = {
  acknowledge: 'Somebody is looking into it',
  silence: 'Known: say no more of it',
  resolve: 'Done, or the new level is accepted',
};

export function alertRoutes({ store, events }: ApiRoom): Route[] {
  const answers = Object.entries(ANSWERS).map(([answer, summary]) =>
    defineRoute({
      method: 'POST',
      path: `/api/v1/alerts/{id}/${answer}`,
      tag: 'alerts',
      summary,
      scope: 'act',
      params: byId,
      query: noQuery,
      body: answer === 'silence' ? silenceBody : answerBody,
      reply: alertReply,
      answer: ({ params, body, caller }) =>
        presentAlert(
          answerAlert(store, events, params.id, answer as AlertAnswer, {
            by: body.by ?? caller?.name ?? 'token',
            note: body.note,
            until: 'until' in body && typeof body.until === 'string' ? Date.parse(body.until) : undefined,
          }),
        ),
    }),
  );
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/alerts',
      tag: 'alerts',
      summary: 'Alerts, newest first',
      scope: 'read',
      params: noQuery,
      query: alertsQuery,
      reply: alertPage,
      answer({ query }) {
        if (query.after !== undefined) requireAlert(store, query.after);
        const found = store.alerts.page({
          limit: query.limit + 1,
          ...(query.state === undefined ? {} : { states: [query.state] }),
          ...(query.run === undefined ? {} : { run: findRun(store, query.run).id }),
          ...(query.after === undefined ? {} : { before: query.after }),
        });
        const page = found.slice(0, query.limit);
        return { items: page.map(presentAlert), next: found.length > page.length ? page.at(-1)!.id : null };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/alerts/{id}',
      tag: 'alerts',
      summary: 'One alert with its evidence and everything that became of it',
      scope: 'read',
      params: byId,
      query: noQuery,
      reply: alertDetailReply,
      answer({ params }) {
        return presentAlertDetail(store, requireAlert(store, params.id));
      },
    }),
    ...answers,
  ];
}

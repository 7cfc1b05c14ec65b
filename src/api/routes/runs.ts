/** Runs: the list, one, its checkpoints, its trends, and what a trainer asks about itself. */
import { z } from 'zod';
import { findRun } from '../../daemon/find-run.ts';
import { readAlignmentTax } from '../../daemon/read-alignment-tax.ts';
import { readTrend } from '../../daemon/read-trend.ts';
import { watchRunCloser } from '../../daemon/watch-run-closer.ts';
import type { StoredAlert } from '../../store/alerts.ts';
import {
  alignmentTaxReply,
  checkpointPage,
  noQuery,
  pageQuery,
  runPage,
  runReply,
  trendsQuery,
  trendsReply,
  watchCloserBody,
} from '../contract.ts';
import { runStateReply } from '../contract-advice.ts';
import { presentAlert, presentCheckpoint } from '../present.ts';
import { presentSuggestedChanges } from '../present-advice.ts';
import { presentRun } from '../present-run.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';
import { requireCheckpoint } from './checkpoints.ts';

const ofRun = z.strictObject({ run: z.string().max(300).describe("A run's id or name") });

export function runRoutes({ store }: ApiRoom): Route[] {
  const newestEvaluation = (checkpoint: string | undefined) =>
    checkpoint === undefined ? undefined : store.evaluations.ofCheckpoint(checkpoint).at(-1);
  const overview = (run: string) =>
    store.runs.overview(run).map((one) => {
      const { id } = one.run;
      const [newest, model] = [newestEvaluation(one.latest?.id), store.runModels.get(id)];
      return presentRun(one, newest, model, store.watchCloser.left(id), store.lineage.get(id));
    });

  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs',
      tag: 'runs',
      summary: 'Every run with its newest checkpoint, its state and its open alerts, in the order they were found',
      scope: 'read',
      params: noQuery,
      query: pageQuery,
      reply: runPage,
      answer({ query }) {
        const ids = store.runs.list().map((run) => run.id);
        const start = query.after === undefined ? 0 : ids.indexOf(query.after) + 1;
        const page = ids.slice(start, start + query.limit);
        return { items: page.flatMap(overview), next: start + query.limit < ids.length ? page.at(-1)! : null };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs/{run}',
      tag: 'runs',
      summary: 'One run',
      scope: 'read',
      params: ofRun,
      query: noQuery,
      reply: runReply,
      answer: ({ params }) => overview(findRun(store, params.run).id)[0]!,
    }),
    defineRoute({
      method: 'POST',
      path: '/api/v1/runs/{run}/watch-closer',
      tag: 'runs',
      summary: 'From the next checkpoint on these capabilities are asked first and on all their docs, for a while',
      scope: 'act',
      params: ofRun,
      query: noQuery,
      body: watchCloserBody,
      reply: runReply,
      answer({ params, body, caller }) {
        const { id } = findRun(store, params.run);
        const { by, reason = null, ...wish } = body;
        watchRunCloser(store, id, { ...wish, reason, by: by ?? caller?.name ?? 'token' });
        return overview(id)[0]!;
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs/{run}/checkpoints',
      tag: 'checkpoints',
      summary: 'Checkpoints in the order of steps: state and its reason, fingerprint, newest evaluation',
      scope: 'read',
      params: ofRun,
      query: pageQuery,
      reply: checkpointPage,
      answer({ params, query }) {
        const run = findRun(store, params.run).id;
        if (query.after !== undefined) requireCheckpoint(store, query.after);
        const options = { limit: query.limit + 1, ...(query.after === undefined ? {} : { after: query.after }) };
        const found = store.checkpoints.page(run, options);
        const page = found.slice(0, query.limit);
        return {
          items: page.map((checkpoint) => presentCheckpoint(checkpoint, newestEvaluation(checkpoint.id))),
          next: found.length > page.length ? page.at(-1)!.id : null,
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs/{run}/trends',
      tag: 'trends',
      summary: 'How capabilities and tasks moved over steps, with intervals, verdicts, telemetry and alerts',
      scope: 'read',
      params: ofRun,
      query: trendsQuery,
      reply: trendsReply,
      answer: ({ params, query: { max_points: maxPoints, ...query } }) =>
        readTrend(store, params.run, { ...query, maxPoints }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs/{run}/alignment-tax',
      tag: 'runs',
      summary: 'What tuning gave and took: per capability and task the paired difference to the base model',
      scope: 'read',
      params: ofRun,
      query: z.strictObject({ checkpoint: z.string().max(300).optional() }),
      reply: alignmentTaxReply,
      answer: ({ params, query }) => readAlignmentTax(store, params.run, query.checkpoint),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/runs/{run}/state',
      tag: 'runs',
      summary: 'What a trainer asks between two steps: open alerts, what to do, the last good checkpoint',
      scope: 'read',
      params: ofRun,
      query: noQuery,
      reply: runStateReply,
      answer({ params }) {
        const run = findRun(store, params.run);
        const open = store.alerts
          .open(run.id)
          .filter((alert) => alert.state === 'firing' || alert.state === 'acknowledged');
        const { counts } = store.runs.overview(run.id)[0]!;
        return {
          run: run.id,
          state: run.state,
          latest_evaluated_step: store.checkpoints.newestEvaluated(run.id)?.step ?? null,
          waiting_checkpoints: counts.complete + counts.queued + counts.evaluating,
          skipped_checkpoints: counts.skipped,
          open_alerts: open.map(presentAlert),
          suggested_action: suggestAction(open),
          suggested_changes: presentSuggestedChanges(open),
          last_good_checkpoint: open.map((alert) => alert.lastGoodCheckpoint).find((path) => path !== null) ?? null,
        };
      },
    }),
  ];
}

/** Nothing is done to the training: this is only what a person would be told first. */
function suggestAction(open: readonly StoredAlert[]): 'continue' | 'look' | 'roll_back' {
  const firing = open.filter((alert) => alert.state === 'firing' && alert.severity !== 'info');
  if (firing.some((alert) => alert.severity === 'critical' && alert.lastGoodCheckpoint !== null)) return 'roll_back';
  return firing.length > 0 ? 'look' : 'continue';
}

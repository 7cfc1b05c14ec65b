/** One checkpoint: its history, its scores, its samples, and the plan behind them. */
import { z } from 'zod';
import { probeMeasure } from '../../daemon/read-trend.ts';
import { LibraError } from '../../domain/errors.ts';
import type { Sample } from '../../domain/sample.ts';
import type { StoredCheckpoint } from '../../store/checkpoints.ts';
import type { Store } from '../../store/open-store.ts';
import {
  checkpointDetailReply,
  explainReply,
  noQuery,
  planReply,
  samplePage,
  samplesQuery,
  scoresReply,
  verdictReply,
  verdictsReply,
} from '../contract.ts';
import {
  presentCapabilityScore,
  presentCheckpoint,
  presentExplainedNode,
  presentPlan,
  presentProvenance,
  presentSample,
  presentScore,
  presentTransition,
} from '../present.ts';
import { presentVerdict } from '../present-verdict.ts';
import type { ApiRoom } from '../room.ts';
import { defineRoute, type Route } from '../route.ts';

const byId = z.strictObject({ id: z.string().max(300) });

export function checkpointRoutes({ store }: ApiRoom): Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/v1/checkpoints/{id}',
      tag: 'checkpoints',
      summary: 'One checkpoint with every state it was in',
      scope: 'read',
      params: byId,
      query: noQuery,
      reply: checkpointDetailReply,
      answer({ params }) {
        const checkpoint = requireCheckpoint(store, params.id);
        const newest = store.evaluations.ofCheckpoint(checkpoint.id).at(-1);
        const history = store.checkpoints.history(checkpoint.id).map(presentTransition);
        return { ...presentCheckpoint(checkpoint, newest), history };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/checkpoints/{id}/scores',
      tag: 'checkpoints',
      summary: 'Scores of a checkpoint: capabilities first, then every task and metric',
      scope: 'read',
      params: byId,
      query: noQuery,
      reply: scoresReply,
      answer({ params }) {
        const { id } = requireCheckpoint(store, params.id);
        const scores = store.scores.ofCheckpoint(id);
        const capabilities = store.scores
          .capabilitiesOf(id)
          .map((node) => presentCapabilityScore(node, probeMeasure(node, scores)?.higherIsBetter ?? true));
        return { checkpoint: id, scores: [...capabilities, ...scores.map(presentScore)] };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/checkpoints/{id}/verdicts',
      tag: 'checkpoints',
      summary: 'What is said of every capability and task at a checkpoint, with its evidence or what is missing',
      scope: 'read',
      params: byId,
      query: z.strictObject({ kind: verdictReply.shape.kind.optional() }),
      reply: verdictsReply,
      answer({ params, query }) {
        const { id, step } = requireCheckpoint(store, params.id);
        const verdicts = store.verdicts
          .ofCheckpoint(id)
          .filter(({ kind }) => query.kind === undefined || kind === query.kind);
        return { checkpoint: id, step, verdicts: verdicts.map(presentVerdict) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/checkpoints/{id}/explain',
      tag: 'checkpoints',
      summary: 'How every mean is made: members, weights, n, what is missing; and where each score comes from',
      scope: 'read',
      params: byId,
      query: z.strictObject({ capability: z.string().max(300).optional(), task: z.string().max(300).optional() }),
      reply: explainReply,
      answer({ params, query }) {
        const { id } = requireCheckpoint(store, params.id);
        const nodes = store.scores
          .capabilitiesOf(id)
          .filter(({ capability }) => query.capability === undefined || capability === query.capability)
          .filter(({ members }) => query.task === undefined || members.some(({ name }) => name === query.task));
        const counted = new Set(nodes.flatMap(({ members }) => members.map(({ name }) => name)));
        const tasks = store.provenance
          .ofCheckpoint(id)
          .filter(({ task }) => query.capability === undefined || counted.has(task))
          .filter(({ task }) => query.task === undefined || task === query.task);
        return { checkpoint: id, nodes: nodes.map(presentExplainedNode), tasks: tasks.map(presentProvenance) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/checkpoints/{id}/samples',
      tag: 'checkpoints',
      summary: 'Docs of a task as asked and answered; only those that changed against another checkpoint, if asked',
      scope: 'read',
      params: byId,
      query: samplesQuery,
      reply: samplePage,
      answer({ params, query }) {
        const { id } = requireCheckpoint(store, params.id);
        const samples = store.answers.ofCheckpoint(id, query.task);
        const before =
          query.changed_against === undefined
            ? null
            : byDoc(store.answers.ofCheckpoint(requireCheckpoint(store, query.changed_against).id, query.task));
        const wanted = samples.filter(
          (sample) =>
            sample.index > afterIndex(query.after) && (before === null || isChanged(sample, before.get(sample.index))),
        );
        const page = wanted.slice(0, query.limit);
        return {
          items: page.map((sample) => presentSample(sample, before?.get(sample.index))),
          next: wanted.length > page.length ? String(page.at(-1)!.index) : null,
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/v1/plans/{id}',
      tag: 'plans',
      summary: 'What was planned, why, and what it cost',
      scope: 'read',
      params: byId,
      query: noQuery,
      reply: planReply,
      answer({ params }) {
        const plan = store.plans.get(params.id);
        if (plan === null) throw notFound(`There is no plan '${params.id}'.`);
        const evaluation = store.evaluations.ofCheckpoint(plan.checkpoint).find((one) => one.plan === plan.id);
        return presentPlan(plan, store.plans.costs(plan.id), evaluation);
      },
    }),
  ];
}

/** @throws LIBRA_NOT_FOUND */
export function requireCheckpoint(store: Store, id: string): StoredCheckpoint {
  const checkpoint = store.checkpoints.get(id);
  if (checkpoint === null) throw notFound(`There is no checkpoint '${id}'.`);
  return checkpoint;
}

function notFound(message: string): LibraError {
  return new LibraError('LIBRA_NOT_FOUND', message, {
    hint: 'GET /api/v1/runs and its checkpoints list what there is.',
  });
}

function byDoc(samples: readonly Sample[]): ReadonlyMap<number, Sample> {
  return new Map(samples.map((sample) => [sample.index, sample]));
}

/** A doc only one of the two has did not change: it was not asked. */
function isChanged(now: Sample, before: Sample | undefined): boolean {
  if (before === undefined) return false;
  const metrics = new Set([...Object.keys(now.values), ...Object.keys(before.values)]);
  return [...metrics].some((metric) => !Object.is(now.values[metric], before.values[metric]));
}

function afterIndex(after: string | undefined): number {
  if (after === undefined) return -1;
  const index = Number(after);
  if (Number.isInteger(index)) return index;
  throw new LibraError('LIBRA_REQUEST_INVALID', `query.after: '${after}' is not from a page of samples.`, {
    hint: 'Pass `next` of the page before.',
  });
}

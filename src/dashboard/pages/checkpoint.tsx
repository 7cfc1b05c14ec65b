/** One checkpoint: what it is, what was asked of it and why, what it scored, and where the scores come from. */
import type { z } from 'zod';
import type { CheckpointDetailReply, CheckpointReply, explainReply, PlanReply } from '../../api/contract.ts';
import { bytes, count, seconds, short, time } from '../format.ts';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Loaded } from '../parts/notices.tsx';
import { ScoreTable } from '../parts/score-table.tsx';
import { address } from '../router.ts';
import { useResource } from '../use-resource.ts';
import { fill, useWords } from '../words.ts';

type Provenance = z.infer<typeof explainReply>['tasks'][number];

export function CheckpointPage({ id }: { readonly id: string }) {
  const path = `/api/v1/checkpoints/${encodeURIComponent(id)}`;
  const checkpoint = useResource<CheckpointDetailReply>(path);
  return (
    <Loaded resource={checkpoint}>
      {(known) => (
        <>
          <Head checkpoint={known} />
          <div class="two">
            <Facts checkpoint={known} />
            <History checkpoint={known} />
          </div>
          {known.state === 'evaluated' && <ScoreTable id={known.id} path={path} />}
          {known.evaluation !== null && <PlanTable plan={known.evaluation.plan} />}
          {known.state === 'evaluated' && <ProvenanceTable id={known.id} path={path} />}
        </>
      )}
    </Loaded>
  );
}

function Head({ checkpoint }: { readonly checkpoint: CheckpointDetailReply }) {
  const words = useWords();
  const all = useResource<{ items: CheckpointReply[] }>(
    `/api/v1/runs/${encodeURIComponent(checkpoint.run)}/checkpoints?limit=1000`,
    checkpoint.run,
  ).data;
  const before = all?.items.filter(({ state, step }) => state === 'evaluated' && step < checkpoint.step).at(-1);
  return (
    <>
      <h1 class="row">
        {checkpoint.run} · {fill(words.checkpoint.title, { step: count(checkpoint.step) })}{' '}
        <Badge word={checkpoint.state} />
      </h1>
      <p class="row">
        <a href={address(['runs', checkpoint.run])}>
          {words.run}: {checkpoint.run}
        </a>
        {before && (
          <a href={address(['compare'], { a: before.id, b: checkpoint.id })}>
            {words.checkpoint.previous} ({count(before.step)})
          </a>
        )}
        {checkpoint.state === 'evaluated' && (
          <a href={address(['checkpoints', checkpoint.id, 'samples'])}>{words.checkpoint.samples}</a>
        )}
      </p>
      {checkpoint.reason !== null && <p class="bad text">{checkpoint.reason}</p>}
    </>
  );
}

function Facts({ checkpoint }: { readonly checkpoint: CheckpointDetailReply }) {
  const words = useWords();
  const facts = [
    [words.checkpoint.path, checkpoint.path],
    [words.checkpoint.format, checkpoint.format],
    [words.tokens, short(checkpoint.tokens)],
    [words.checkpoint.size, bytes(checkpoint.bytes)],
    [words.checkpoint.fingerprint, checkpoint.fingerprint ?? '–'],
    [words.checkpoint.engine, checkpoint.evaluation?.engine ?? '–'],
    [words.checkpoint.took, seconds(checkpoint.evaluation?.seconds ?? null)],
  ] as const;
  return (
    <section class="card">
      <h2>{words.checkpoint.facts}</h2>
      <dl class="facts">
        {facts.flatMap(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
      </dl>
    </section>
  );
}

function History({ checkpoint }: { readonly checkpoint: CheckpointDetailReply }) {
  const words = useWords();
  return (
    <section class="card">
      <h2>{words.checkpoint.history}</h2>
      <ol class="timeline">
        {checkpoint.history.map((step) => (
          <li key={`${step.at}${step.to}`}>
            <Badge word={step.to} /> <span class="soft small">{time(step.at)}</span>
            {step.reason !== null && <div class="text">{step.reason}</div>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function PlanTable({ plan: id }: { readonly plan: string }) {
  const words = useWords();
  const plan = useResource<PlanReply>(`/api/v1/plans/${encodeURIComponent(id)}`);
  const columns: Column<PlanReply['slices'][number]>[] = [
    { head: words.task, cell: ({ task }) => task },
    {
      head: words.checkpoint.asked,
      cell: ({ from, docs, chosen }) => (chosen === null ? count(docs - from) : count(docs - from + chosen.length)),
      isNumber: true,
    },
    { head: words.checkpoint.why, cell: ({ reason }) => reason },
    { head: words.checkpoint.could, cell: ({ could_change: could }) => could },
    {
      head: words.checkpoint.expected,
      cell: ({ expected_seconds: expected }) => seconds(expected),
      save: ({ expected_seconds: expected }) => expected,
      isNumber: true,
    },
    {
      head: words.checkpoint.took,
      cell: (slice) => seconds(slice.seconds),
      save: (slice) => slice.seconds,
      isNumber: true,
    },
  ];
  return (
    <section class="card">
      <h2>{words.checkpoint.plan}</h2>
      <Loaded resource={plan}>
        {(known) => (
          <>
            <p class="soft">
              {words.checkpoint.strategy}: {known.strategy} · {words.checkpoint.expected}{' '}
              {seconds(known.cost.expected_seconds)} · {words.checkpoint.took} {seconds(known.cost.seconds)}
            </p>
            <DataTable
              name={known.id}
              caption={words.checkpoint.plan}
              columns={columns}
              rows={known.slices}
              keyOf={({ task, from, chosen }) => `${task} ${from} ${chosen?.length}`}
            />
            {known.left_out.length > 0 && (
              <>
                <h3>{words.checkpoint.leftOut}</h3>
                <ul>
                  {known.left_out.map(({ task, reason }) => (
                    <li key={task}>
                      {task}: {reason}
                    </li>
                  ))}
                </ul>
              </>
            )}
          </>
        )}
      </Loaded>
    </section>
  );
}

function ProvenanceTable({ id, path }: { readonly id: string; readonly path: string }) {
  const words = useWords();
  const explained = useResource<z.infer<typeof explainReply>>(`${path}/explain`);
  const columns: Column<Provenance>[] = [
    { head: words.task, cell: ({ task }) => task },
    { head: words.metric, cell: ({ primary_metric: metric }) => metric },
    { head: words.docs, cell: ({ docs }) => `${count(docs.answered)} / ${count(docs.of)}`, isNumber: true },
    { head: 'few-shot', cell: ({ fewshot }) => count(fewshot.shots), isNumber: true },
    {
      head: words.checkpoint.engine,
      cell: (one) => `${one.engine} ${one.engine_version} · ${one.dtype} · ${one.device}`,
    },
    {
      head: 'hash',
      cell: ({ task_hash: hash }) => <code>{hash.slice(0, 12)}</code>,
      save: ({ task_hash: hash }) => hash,
    },
    { head: words.checkpoint.path, cell: ({ file }) => file },
  ];
  return (
    <details class="card">
      <summary>
        <b>{words.checkpoint.provenance}</b>
      </summary>
      <Loaded resource={explained}>
        {({ tasks }) => (
          <>
            {tasks.some(({ is_verified: isVerified }) => !isVerified) && (
              <p class="bad">{words.checkpoint.unverified}</p>
            )}
            <DataTable
              name={`provenance-${id}`}
              caption={words.checkpoint.provenance}
              columns={columns}
              rows={tasks}
              keyOf={({ task }) => task}
            />
          </>
        )}
      </Loaded>
    </details>
  );
}

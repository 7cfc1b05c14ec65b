/** Two checkpoints side by side: paired differences, the clearest first, and the docs that flipped. */
import { useState } from 'preact/hooks';
import type { z } from 'zod';
import type { comparisonReply } from '../../api/contract-comparisons.ts';
import { count, difference, figure, interval, probability, unitOf } from '../format.ts';
import { useObservable } from '../observable.ts';
import { Badge } from '../parts/badge.tsx';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { FlippedDocs } from '../parts/flipped-docs.tsx';
import { ForestPlot } from '../parts/forest-plot.tsx';
import { Empty, Loaded } from '../parts/notices.tsx';
import { amend, place } from '../router.ts';
import { language } from '../settings.ts';
import { useResource } from '../use-resource.ts';
import { useWords } from '../words.ts';

export type Comparison = z.infer<typeof comparisonReply>;
export type ComparedRow = Comparison['rows'][number];

const FLIPS = 50;

export function ComparePage() {
  const words = useWords();
  const { query } = useObservable(place);
  const [a, b] = [query.get('a') ?? '', query.get('b') ?? ''];
  const isAsked = a !== '' && b !== '';
  const path = `/api/v1/compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}&flips=${FLIPS}`;
  const comparison = useResource<Comparison>(isAsked ? path : null);
  return (
    <>
      <h1>{words.compare.title}</h1>
      <Chooser key={`${a} ${b}`} a={a} b={b} />
      {isAsked ? (
        <Loaded resource={comparison}>{(data) => <Compared data={data} />}</Loaded>
      ) : (
        <Empty title={words.compare.empty} hint={words.compare.hint} />
      )}
    </>
  );
}

function Chooser({ a, b }: { readonly a: string; readonly b: string }) {
  const words = useWords();
  const [one, setOne] = useState(a);
  const [other, setOther] = useState(b);
  return (
    <form
      class="card row"
      onSubmit={(event) => {
        event.preventDefault();
        amend({ a: one.trim(), b: other.trim() });
      }}
    >
      <label class="field grow">
        <span>{words.compare.a}</span>
        <input value={one} onInput={(event) => setOne(event.currentTarget.value)} />
      </label>
      <label class="field grow">
        <span>{words.compare.b}</span>
        <input value={other} onInput={(event) => setOther(event.currentTarget.value)} />
      </label>
      <button type="submit" class="primary">
        {words.compare.go}
      </button>
      <button type="button" onClick={() => amend({ a: b, b: a })}>
        {words.compare.swap}
      </button>
      <span class="soft small">{words.compare.hint}</span>
    </form>
  );
}

function Compared({ data }: { readonly data: Comparison }) {
  const words = useWords();
  const { query } = useObservable(place);
  const isTasks = query.get('of') === 'tasks';
  const rows = data.rows.filter(({ task }) => (task !== null) === isTasks).sort(byEvidence);
  return (
    <>
      <section class="card">
        <div class="row between">
          <h2>{words.compare.forest}</h2>
          <span class="row">
            <button type="button" aria-pressed={!isTasks} onClick={() => amend({ of: null })}>
              {words.compare.capabilities}
            </button>
            <button type="button" aria-pressed={isTasks} onClick={() => amend({ of: 'tasks' })}>
              {words.compare.tasks}
            </button>
          </span>
        </div>
        <ForestPlot name={`${data.a.name}-${data.b.name}`} rows={rows} />
        <details>
          <summary>{words.asTable}</summary>
          <Rows data={data} rows={rows} />
        </details>
      </section>
      <FlippedDocs flips={data.flips} name={`${data.a.name}-${data.b.name}`} />
      {data.not_compared.length > 0 && (
        <section class="card">
          <h2>{words.compare.notCompared}</h2>
          <ul>
            {data.not_compared.map(({ task, reason }) => (
              <li key={task}>
                {task}: {reason}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Rows({ data, rows }: { readonly data: Comparison; readonly rows: readonly ComparedRow[] }) {
  const words = useWords();
  const now = useObservable(language);
  const unit = ({ metric, a }: ComparedRow) => unitOf(metric, a);
  const columns: Column<ComparedRow>[] = [
    { head: words.capability, cell: ({ name, task, metric }) => (task === null ? name[now] : `${task} · ${metric}`) },
    { head: 'a', cell: (row) => figure(row.a, unit(row)), save: (row) => row.a, isNumber: true },
    { head: 'b', cell: (row) => figure(row.b, unit(row)), save: (row) => row.b, isNumber: true },
    {
      head: words.compare.difference,
      cell: (row) => difference(row.difference, unit(row)),
      save: (row) => row.difference,
      isNumber: true,
    },
    { head: words.interval, cell: (row) => interval(row.ci95, unit(row)), isNumber: true },
    {
      head: words.compare.p,
      cell: (row) => probability(row.adjusted_p),
      save: (row) => row.adjusted_p,
      isNumber: true,
    },
    { head: words.docs, cell: ({ n }) => count(n), save: ({ n }) => n, isNumber: true },
    { head: words.compare.lost, cell: ({ lost }) => count(lost), save: ({ lost }) => lost, isNumber: true },
    { head: words.compare.gained, cell: ({ gained }) => count(gained), save: ({ gained }) => gained, isNumber: true },
    { head: words.verdict, cell: ({ verdict }) => <Badge word={verdict} />, save: ({ verdict }) => verdict },
  ];
  return (
    <DataTable
      name={`compare-${data.a.name}-${data.b.name}`}
      caption={words.compare.forest}
      columns={columns}
      rows={rows}
      keyOf={(row) => `${row.capability}${row.task}${row.metric}`}
    />
  );
}

/** Smaller adjusted p first; then the larger difference in standard errors. */
function byEvidence(one: ComparedRow, other: ComparedRow): number {
  const p = (one.adjusted_p ?? 2) - (other.adjusted_p ?? 2);
  return p !== 0 ? p : strength(other) - strength(one);
}

function strength({ difference: moved, stderr }: ComparedRow): number {
  return moved === null || !stderr ? 0 : Math.abs(moved / stderr);
}

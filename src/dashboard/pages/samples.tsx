/** Docs of one task as they were answered, all or only those that changed against another checkpoint. */
import { useEffect, useState } from 'preact/hooks';
import type { CheckpointDetailReply, CheckpointReply, SampleReply, ScoreReply } from '../../api/contract.ts';
import { count } from '../format.ts';
import { useObservable } from '../observable.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { Empty, Loaded } from '../parts/notices.tsx';
import { address, amend, place } from '../router.ts';
import { useResource } from '../use-resource.ts';
import { useWords } from '../words.ts';

type Answer = SampleReply['answer'];

const FIRST = 100;
const MOST = 1000;
const FILTERS = ['all', 'right', 'wrong'] as const;

export function SamplesPage({ id }: { readonly id: string }) {
  const words = useWords();
  const { query } = useObservable(place);
  const path = `/api/v1/checkpoints/${encodeURIComponent(id)}`;
  const checkpoint = useResource<CheckpointDetailReply>(path);
  const scores = useResource<{ scores: ScoreReply[] }>(`${path}/scores`).data;
  const run = checkpoint.data?.run ?? null;
  const others = useResource<{ items: CheckpointReply[] }>(
    run === null ? null : `/api/v1/runs/${encodeURIComponent(run)}/checkpoints?limit=1000`,
    run,
  ).data;
  const tasks = [...new Set((scores?.scores ?? []).flatMap(({ task }) => (task === null ? [] : [task])))].sort();
  const task = query.get('task') ?? tasks[0] ?? '';
  const against = query.get('against') ?? '';
  const filter = FILTERS.find((one) => one === query.get('which')) ?? 'all';
  const [limit, setLimit] = useState(FIRST);
  useEffect(() => setLimit(FIRST), [task, against]);
  const asked = `${path}/samples?task=${encodeURIComponent(task)}&limit=${limit}${against === '' ? '' : `&changed_against=${encodeURIComponent(against)}`}`;
  const samples = useResource<{ items: SampleReply[]; next: string | null }>(task === '' ? null : asked);
  return (
    <>
      <h1>
        {words.samples.title}: <a href={address(['checkpoints', id])}>{id}</a>
      </h1>
      <div class="card row">
        <label class="field">
          <span>{words.samples.task}</span>
          <select value={task} onChange={(event) => amend({ task: event.currentTarget.value })}>
            {tasks.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{words.samples.changed}</span>
          <select value={against} onChange={(event) => amend({ against: event.currentTarget.value })}>
            <option value="">{words.samples.nobody}</option>
            {(others?.items ?? [])
              .filter((one) => one.state === 'evaluated' && one.id !== id)
              .map((one) => (
                <option key={one.id} value={one.id}>
                  {count(one.step)}
                </option>
              ))}
          </select>
        </label>
        <label class="field">
          <span>{words.samples.filter}</span>
          <select value={filter} onChange={(event) => amend({ which: event.currentTarget.value })}>
            {FILTERS.map((one) => (
              <option key={one} value={one}>
                {words.samples.filters[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      {task === '' ? (
        <Empty title={words.samples.choose} />
      ) : (
        <Loaded resource={samples}>
          {({ items, next }) => (
            <section class="card">
              <SampleTable
                name={`${id}-${task}`}
                samples={items.filter((sample) => fits(sample, filter))}
                isCompared={against !== ''}
              />
              {next !== null && limit < MOST && (
                <button type="button" onClick={() => setLimit(Math.min(MOST, limit * 2))}>
                  {words.samples.more}
                </button>
              )}
            </section>
          )}
        </Loaded>
      )}
    </>
  );
}

function SampleTable({
  name,
  samples,
  isCompared,
}: {
  readonly name: string;
  readonly samples: readonly SampleReply[];
  readonly isCompared: boolean;
}) {
  const words = useWords();
  if (samples.length === 0) return <p class="soft">{words.samples.empty}</p>;
  const columns: Column<SampleReply>[] = [
    { head: words.samples.doc, cell: ({ doc_id: doc }) => doc },
    ...(isCompared
      ? [
          { head: words.samples.before, cell: ({ before }: SampleReply) => sayAnswer(before?.answer ?? null) },
          {
            head: `${words.samples.values} (${words.samples.before})`,
            cell: ({ before }: SampleReply) => sayValues(before?.values ?? {}),
          },
        ]
      : []),
    { head: words.samples.answer, cell: ({ answer, error }) => error ?? sayAnswer(answer) },
    { head: words.samples.values, cell: ({ values }) => sayValues(values) },
  ];
  return (
    <DataTable
      name={`samples-${name}`}
      caption={words.samples.title}
      columns={columns}
      rows={samples}
      keyOf={({ index }) => String(index)}
    />
  );
}

/** A choice is the one the model finds likeliest. */
function sayAnswer(answer: Answer): string {
  if (answer === null) return '–';
  if (answer.kind === 'text') return answer.text;
  if (answer.kind === 'choice') {
    const best = answer.logprobs.reduce<number>(
      (top, value, index) =>
        (value ?? Number.NEGATIVE_INFINITY) > (answer.logprobs[top] ?? Number.NEGATIVE_INFINITY) ? index : top,
      0,
    );
    return `#${best + 1} · ${answer.logprobs.map((value) => (value === null ? '–' : value.toFixed(2))).join(' / ')}`;
  }
  return answer.logprob === null ? '–' : answer.logprob.toFixed(3);
}

function sayValues(values: Readonly<Record<string, number | null>>): string {
  return Object.entries(values)
    .map(([metric, value]) => `${metric} ${value === null ? '–' : Number(value.toPrecision(3))}`)
    .join(' · ');
}

/** Right where the first of its 0-or-1 values is 1; without one it is neither. */
function fits({ values }: SampleReply, filter: (typeof FILTERS)[number]): boolean {
  if (filter === 'all') return true;
  const verdict = Object.values(values).find((value) => value === 0 || value === 1);
  return verdict === (filter === 'right' ? 1 : 0);
}

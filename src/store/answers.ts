/**
 * Answers: every doc as asked and answered, appended batch by batch while an evaluation runs,
 * so that after any death of the daemon at most the batch under way is asked again.
 */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Answer, Sample, SampleTiming } from '../domain/sample.ts';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

/** A sample as a row without names: index, docId, answer, error, values, and what asking took, if it was asked. */
type PackedSample = readonly [
  number,
  string,
  Answer | null,
  string | null,
  Readonly<Record<string, number>>,
  PackedTiming?,
];

/** sentAt, seconds, firstTokenSeconds, promptTokens, tokens. */
type PackedTiming = readonly [number, number, number | null, number | null, number];

interface BatchRow {
  readonly payload: Uint8Array;
}

/** Where the answers of a task are: in that evaluation. */
interface PlaceRow {
  readonly evaluation_id: string;
}

export type AnswerRepo = ReturnType<typeof answerRepo>;

export function answerRepo(sql: Sql) {
  const insert = sql.prepare(
    `insert into answer_batch (evaluation_id, task, first_index, count, payload)
     values ($evaluation, $task, $first, $count, $payload)
     on conflict (evaluation_id, task, first_index) do update set count = excluded.count, payload = excluded.payload`,
  );
  const batches = sql.prepare<BatchRow>(
    'select payload from answer_batch where evaluation_id = $evaluation and task = $task order by first_index',
  );
  const counts = sql.prepare<{ task: string; count: number }>(
    'select task, sum(count) as count from answer_batch where evaluation_id = $evaluation group by task',
  );
  const places = sql.prepare<PlaceRow>(
    `select e.id as evaluation_id from evaluation e where e.checkpoint_id = $checkpoint and exists
       (select 1 from plan_slice s where s.plan_id = e.plan_id and s.task = $task and ($taskHash is null or s.task_hash = $taskHash))
     order by e.created_at, e.rowid`,
  );

  const forget = sql.prepare('delete from answer_batch where evaluation_id = $evaluation');

  const read = (evaluation: string, task: string): Sample[] =>
    batches.all({ evaluation, task }).flatMap((row) => unpack(row.payload));
  return {
    /** Durable when it returns. Batches of one task must not overlap; the same batch again replaces itself. */
    append(evaluation: string, task: string, samples: readonly Sample[]): void {
      if (samples.length === 0) return;
      const first = samples.reduce((least, sample) => Math.min(least, sample.index), Number.POSITIVE_INFINITY);
      insert.run({ evaluation, task, first, count: samples.length, payload: pack(samples) });
    },
    /** Samples of one evaluation's task, in doc order. */
    ofEvaluation: (evaluation: string, task: string): Sample[] => read(evaluation, task).sort(byIndex),
    /** Task -> docs answered (or failed) so far: what a resumed evaluation need not ask again. */
    progress: (evaluation: string): ReadonlyMap<string, number> =>
      new Map(counts.all({ evaluation }).map(({ task, count }) => [task, count])),
    /** It will be asked anew. */
    forget: (evaluation: string): void => void forget.run({ evaluation }),
    /** All samples of a task on a checkpoint over all its evaluations, later answers winning; one version of the task if given. */
    ofCheckpoint(checkpoint: string, task: string, taskHash: string | null = null): Sample[] {
      const byDoc = new Map<number, Sample>();
      for (const place of places.all({ checkpoint, task, taskHash })) {
        for (const sample of read(place.evaluation_id, task)) byDoc.set(sample.index, sample);
      }
      return [...byDoc.values()].sort(byIndex);
    },
  };
}

const byIndex = (a: Sample, b: Sample): number => a.index - b.index;

function pack(samples: readonly Sample[]): Uint8Array {
  const rows = samples.map(
    ({ index, docId, answer, error, values, timing }): PackedSample =>
      timing === undefined
        ? [index, docId, answer, error, values]
        : [index, docId, answer, error, values, packTiming(timing)],
  );
  return deflateRawSync(encodeJson(rows));
}

function unpack(payload: Uint8Array): Sample[] {
  const rows = decodeJson<PackedSample[]>(inflateRawSync(payload).toString('utf8'));
  return rows.map(([index, docId, answer, error, values, timing]) => ({
    index,
    docId,
    answer,
    error,
    values,
    ...(timing && { timing: unpackTiming(timing) }),
  }));
}

/** Microseconds are more than anybody can measure here. */
function packTiming({ sentAt, seconds, firstTokenSeconds, promptTokens, tokens }: SampleTiming): PackedTiming {
  const short = (value: number) => Math.round(value * 1e6) / 1e6;
  const first = firstTokenSeconds === null ? null : short(firstTokenSeconds);
  return [Math.round(sentAt * 1000) / 1000, short(seconds), first, promptTokens, tokens];
}

function unpackTiming([sentAt, seconds, firstTokenSeconds, promptTokens, tokens]: PackedTiming): SampleTiming {
  return { sentAt, seconds, firstTokenSeconds, promptTokens, tokens };
}

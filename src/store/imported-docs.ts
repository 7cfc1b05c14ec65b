/** Tasks as others asked them, and their docs in the fixed order they got here: what ties a doc of one checkpoint to the same doc of another. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { decodeJson, encodeJson } from './json-column.ts';
import type { Sql } from './sql.ts';

/** One way a task was asked. */
export interface ImportedSegment {
  readonly task: string;
  readonly taskHash: string;
  readonly recipe: Readonly<Record<string, unknown>>;
  /** The harness's own hash of the task by docs asked. */
  readonly hashes: Readonly<Record<string, string>>;
  /** What guessing would score; null where that is not known. */
  readonly chance: number | null;
}

export interface ImportedDoc {
  /** The harness's doc_id. */
  readonly id: string;
  readonly key: string;
  readonly promptHash: string | null;
  readonly question: string;
  readonly expected: string;
}

type PackedDoc = readonly [id: string, key: string, promptHash: string | null, question: string, expected: string];

interface SegmentRow {
  readonly task: string;
  readonly task_hash: string;
  readonly json: string;
}

export type ImportedDocRepo = ReturnType<typeof importedDocRepo>;

export function importedDocRepo(sql: Sql) {
  const upsert = sql.prepare(
    `insert into imported_segment (run_id, task, task_hash, ordinal, json)
     values ($run, $task, $taskHash,
       (select coalesce(max(ordinal), 0) + 1 from imported_segment where run_id = $run and task = $task), $json)
     on conflict (run_id, task, task_hash) do update set json = excluded.json`,
  );
  const segments = sql.prepare<SegmentRow>(
    'select task, task_hash, json from imported_segment where run_id = $run order by task, ordinal',
  );
  const insert = sql.prepare(
    `insert into imported_doc (run_id, task, task_hash, first_index, count, payload)
     values ($run, $task, $taskHash, $first, $count, $payload)`,
  );
  const batches = sql.prepare<{ payload: Uint8Array }>(
    `select payload from imported_doc where run_id = $run and task = $task and task_hash = $taskHash order by first_index`,
  );
  return {
    /** Keeps how a task was asked; one that is known is brought up to date. */
    putSegment(run: string, { task, taskHash, ...rest }: ImportedSegment): void {
      upsert.run({ run, task, taskHash, json: encodeJson(rest) });
    },
    /** By task, in the order they were met. */
    segments: (run: string): ImportedSegment[] =>
      segments.all({ run }).map((row) => ({
        task: row.task,
        taskHash: row.task_hash,
        ...decodeJson<Omit<ImportedSegment, 'task' | 'taskHash'>>(row.json),
      })),
    /** Adds docs behind those there are; the first of them has the place `first`. */
    append(run: string, { task, taskHash }: ImportedSegment, first: number, docs: readonly ImportedDoc[]): void {
      if (docs.length === 0) return;
      const rows = docs.map((doc): PackedDoc => [doc.id, doc.key, doc.promptHash, doc.question, doc.expected]);
      insert.run({ run, task, taskHash, first, count: docs.length, payload: deflateRawSync(encodeJson(rows)) });
    },
    /** In the fixed order. */
    ofSegment: (run: string, task: string, taskHash: string): ImportedDoc[] =>
      batches
        .all({ run, task, taskHash })
        .flatMap((row) => decodeJson<PackedDoc[]>(inflateRawSync(row.payload).toString('utf8')))
        .map(([id, key, promptHash, question, expected]) => ({ id, key, promptHash, question, expected })),
  };
}

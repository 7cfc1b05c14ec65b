/** Responses: what weights answered to which question, as far as there is room; the weights not used for longest go first. */
import type { Sql } from './sql.ts';

/** Hex keys of questions to packed responses, of one identity: certain weights, computed by a certain engine. */
export interface ResponsesOfWeights {
  find(questions: readonly string[]): ReadonlyMap<string, string>;
  /** Durable when it returns; a question kept again has its new response. */
  keep(entries: readonly (readonly [question: string, packed: string])[]): void;
}

export type ResponseRepo = ReturnType<typeof responseRepo>;

/** What a row takes beside its two texts. */
const ROW_BYTES = 16;

const blobOf = (question: string): Uint8Array => Buffer.from(question, 'hex');

export function responseRepo(sql: Sql, now: () => number) {
  const use = sql.prepare<{ id: number }>(
    `insert into answering_weights (identity, used_at, bytes) values ($identity, $now, 0)
     on conflict (identity) do update set used_at = excluded.used_at returning id`,
  );
  const find = sql.prepare<{ packed: string }>(
    'select packed from response where weights_id = $weights and question = $question',
  );
  const insert = sql.prepare(
    `insert into response (weights_id, question, packed) values ($weights, $question, $packed)
     on conflict (weights_id, question) do update set packed = excluded.packed`,
  );
  const grow = sql.prepare('update answering_weights set bytes = bytes + $bytes where id = $weights');
  const total = sql.prepare<{ bytes: number }>('select coalesce(sum(bytes), 0) as bytes from answering_weights');
  const oldest = sql.prepare<{ id: number; bytes: number }>(
    'select id, bytes from answering_weights order by used_at, id limit 1',
  );
  const forget = sql.prepare('delete from answering_weights where id = $weights');

  return {
    of(identity: string): ResponsesOfWeights {
      const weightsNow = (): number => use.get({ identity, now: now() })!.id;
      const weights = weightsNow();
      return {
        find(questions) {
          const found = new Map<string, string>();
          for (const question of questions) {
            const row = find.get({ weights, question: blobOf(question) });
            if (row !== undefined) found.set(question, row.packed);
          }
          return found;
        },
        keep: (entries) =>
          sql.transaction(() => {
            // Tidying may have forgotten these weights meanwhile.
            const weights = weightsNow();
            let bytes = 0;
            for (const [question, packed] of entries) {
              insert.run({ weights, question: blobOf(question), packed });
              bytes += question.length / 2 + packed.length + ROW_BYTES;
            }
            grow.run({ weights, bytes });
          }),
      };
    },
    /** Forgets whole weights, those not used for longest first, until what is left fits. @returns how many were forgotten */
    keepWithin: (bytes: number): number =>
      sql.transaction(() => {
        let forgotten = 0;
        let left = total.get()!.bytes;
        for (let next = oldest.get(); left > bytes && next !== undefined; next = oldest.get()) {
          forget.run({ weights: next.id });
          left -= next.bytes;
          forgotten++;
        }
        return forgotten;
      }),
  };
}

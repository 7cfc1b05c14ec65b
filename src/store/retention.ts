/** Retention: what is kept how long. Scores, outcomes, verdicts and alerts are kept for ever; they are small, and they are the trend. */
import type { Sql } from './sql.ts';

export interface RetentionRule {
  /** Events for clients that resume, milliseconds. */
  readonly eventsMs: number;
  /** Messages that were sent or given up, milliseconds. */
  readonly deliveriesMs: number;
  /** What models answered, milliseconds after the evaluation; null keeps all. */
  readonly answersMs: number | null;
}

export interface Forgotten {
  readonly events: number;
  readonly deliveries: number;
  readonly answers: number;
}

export type RetentionRepo = ReturnType<typeof retentionRepo>;

export function retentionRepo(sql: Sql, now: () => number) {
  const events = sql.prepare('delete from event where at < $before');
  const deliveries = sql.prepare('delete from delivery where done_at < $before');
  const answers = sql.prepare(
    `delete from answer_batch where evaluation_id in
       (select id from evaluation where state in ('finished', 'failed') and finished_at < $before)`,
  );
  return {
    /** Deletes what is older than the rule says; what is under way is never touched. */
    apply: (rule: RetentionRule): Forgotten =>
      sql.transaction(() => {
        const at = now();
        return {
          events: events.run({ before: at - rule.eventsMs }).changes,
          deliveries: deliveries.run({ before: at - rule.deliveriesMs }).changes,
          answers: rule.answersMs === null ? 0 : answers.run({ before: at - rule.answersMs }).changes,
        };
      }),
  };
}

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { repositories } from '../../src/store/repositories.ts';
import { connect, type Sql } from '../../src/store/sql.ts';
import { scratchDirectory } from './scratch.ts';

/** Reads of a whole table that are meant: it is small, or everything is wanted. */
const MEANT = [
  /^SCAN (json_each|CONSTANT ROW)/,
  /^SCAN run\b/,
  /^SCAN job\b.* USING INDEX job_open(_of_run)?\b/,
  // The runs that wait for something.
  /^SCAN h$/,
  /^SCAN j USING INDEX job_open/,
  /^SCAN delivery USING COVERING INDEX delivery_pending$/,
  /^SCAN answering_weights( USING INDEX answering_weights_by_use)?$/,
  // The channels that something waits for.
  /^SCAN delivery USING COVERING INDEX delivery_of_channel$/,
  // What libra doctor asks of the outbox.
  /^SCAN delivery$/,
  /^SCAN pin\b.* USING INDEX pin_held/,
];

/** Every statement of every repository with the plan SQLite makes for it. */
function plans(): { text: string; plan: string[] }[] {
  const directory = scratchDirectory();
  openStore({ directory, now: () => 1 }).close();
  const sql = connect(join(directory, 'libra.db'));
  const texts: string[] = [];
  const recording: Sql = {
    ...sql,
    prepare: <Row>(text: string) => {
      texts.push(text);
      return sql.prepare<Row>(text);
    },
  };
  repositories(recording, () => 1);
  const explained = texts.map((text) => {
    const names = [...text.matchAll(/\$(\w+)/g)].map((match) => match[1]!);
    const rows = sql
      .prepare<{ detail: string }>(`explain query plan ${text}`)
      .all(Object.fromEntries(names.map((name) => [name, null])));
    return { text, plan: rows.map((row) => row.detail) };
  });
  sql.close();
  return explained;
}

describe('every query', () => {
  it('finds its rows by an index', () => {
    const all = plans();
    expect(all.length).toBeGreaterThan(80);
    const scans = all.flatMap(({ text, plan }) =>
      plan
        .filter((line) => line.startsWith('SCAN') && !MEANT.some((meant) => meant.test(line)))
        .map((line) => `${line}: ${text}`),
    );
    expect(scans).toEqual([]);
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../src/store/migrations/index.ts';
import { openStore, openStoreForReading } from '../../src/store/open-store.ts';
import { connect } from '../../src/store/sql.ts';
import { scratchDirectory } from './scratch.ts';

const now = () => 1_000;
const next = [...MIGRATIONS, `alter table run add column colour text; update run set colour = 'red'`];

/** Name of the copy of a database as this program leaves it. */
const BEFORE = `libra-schema-${MIGRATIONS.length}.db`;

function withOneRun(): string {
  const directory = scratchDirectory();
  const store = openStore({ directory, now });
  store.runs.add({ id: 'r', name: 'r', path: '/out/r' });
  store.close();
  return directory;
}

function read(file: string, query: string): unknown[] {
  const sql = connect(file, { readonly: true });
  try {
    return sql.prepare(query).all();
  } finally {
    sql.close();
  }
}

describe('migrating', () => {
  it('has the schema that is committed for review', async () => {
    const directory = scratchDirectory();
    openStore({ directory, now }).close();
    const rows = read(
      join(directory, 'libra.db'),
      'select sql from sqlite_schema where sql is not null order by rowid',
    ) as {
      sql: string;
    }[];
    await expect(`${rows.map((row) => `${row.sql};`).join('\n\n')}\n`).toMatchFileSnapshot('./schema.sql');
  });

  it('makes every table strict', () => {
    const directory = scratchDirectory();
    openStore({ directory, now }).close();
    const tables = read(
      join(directory, 'libra.db'),
      `select name, strict from pragma_table_list where schema = 'main' and name not like 'sqlite%'`,
    ) as { name: string; strict: number }[];
    expect(tables.length).toBeGreaterThan(15);
    expect(tables.filter((table) => table.strict !== 1)).toEqual([]);
  });

  it('keeps no copy of a new database, and one of a database that holds data', () => {
    const directory = withOneRun();
    expect(existsSync(join(directory, 'backups'))).toBe(false);
    openStore({ directory, now, migrations: next }).close();
    expect(read(join(directory, 'libra.db'), 'select colour from run')).toEqual([{ colour: 'red' }]);
    expect(readdirSync(join(directory, 'backups'))).toEqual([BEFORE]);
    expect(read(join(directory, 'backups', BEFORE), 'select * from run')).toEqual([
      expect.not.objectContaining({ colour: 'red' }),
    ]);
  });

  it('leaves everything as it was when a step fails, and does it when the step is mended', () => {
    const directory = withOneRun();
    const broken = [...MIGRATIONS, `alter table run add column colour text; insert into nowhere values (1)`];
    expect(() => openStore({ directory, now, migrations: broken })).toThrow('nowhere');
    const store = openStore({ directory, now });
    expect(store.runs.list()).toHaveLength(1);
    store.close();
    openStore({ directory, now, migrations: next }).close();
    expect(read(join(directory, 'libra.db'), 'select colour from run')).toEqual([{ colour: 'red' }]);
  });

  it('is done for a reader too, when no daemon has the directory', () => {
    const directory = withOneRun();
    const reader = openStoreForReading({ directory, now, migrations: next });
    expect(reader.runs.list()).toHaveLength(1);
    reader.close();
    expect(read(join(directory, 'libra.db'), 'select colour from run')).toEqual([{ colour: 'red' }]);
  });
});

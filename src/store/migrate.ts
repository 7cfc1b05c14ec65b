/** Brings a database to the schema of this program: each step in a transaction, a copy kept before, a newer one refused. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import type { Sql } from './sql.ts';

/** Version of the schema in the file; 0 when it is new. */
export function schemaVersion(sql: Sql): number {
  return Number(sql.pragma('user_version'));
}

/** @throws LIBRA_DATABASE_NEWER when a newer Libra wrote the file */
export function refuseNewer(sql: Sql, file: string, known: number): void {
  const version = schemaVersion(sql);
  if (version <= known) return;
  throw new LibraError(
    'LIBRA_DATABASE_NEWER',
    `${file} was written by a newer Libra (schema ${version}, this one knows ${known}).`,
    { hint: 'Start that newer version again, or choose another data directory with --data.' },
  );
}

/**
 * Runs what is missing of `migrations`; a file that holds data is copied to `backups/` beside it first.
 * @returns path of that copy, or null when none was needed
 */
export function migrate(sql: Sql, file: string, migrations: readonly string[]): string | null {
  refuseNewer(sql, file, migrations.length);
  const version = schemaVersion(sql);
  if (version === migrations.length) return null;
  const copy = version === 0 ? null : keepCopy(sql, file, version);
  migrations.slice(version).forEach((migration, offset) => {
    sql.transaction(() => {
      sql.exec(migration);
      sql.pragma(`user_version = ${version + offset + 1}`);
    });
  });
  return copy;
}

/** A whole, compact copy under its final name only once it is complete; an older one of the same version is replaced. */
function keepCopy(sql: Sql, file: string, version: number): string {
  const directory = join(dirname(file), 'backups');
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const copy = join(directory, `${basename(file, '.db')}-schema-${version}.db`);
  const partial = `${copy}.partial`;
  rmSync(partial, { force: true });
  try {
    sql.prepare('vacuum into $partial').run({ partial });
    renameSync(partial, copy);
  } finally {
    rmSync(partial, { force: true });
  }
  return copy;
}

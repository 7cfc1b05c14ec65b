/** The door to SQLite: statements whose failures come out as errors a person can act on. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { LibraError, messageOf } from '../domain/errors.ts';

/** What a column can hold. */
export type SqlValue = string | number | bigint | Uint8Array | null;
export type SqlParameters = Readonly<Record<string, SqlValue>>;

export interface Statement<Row> {
  /** Number of rows changed and the id of the last row put in. */
  run(parameters?: SqlParameters): { readonly changes: number; readonly lastId: number };
  get(parameters?: SqlParameters): Row | undefined;
  all(parameters?: SqlParameters): Row[];
}

export interface Sql {
  prepare<Row = unknown>(text: string): Statement<Row>;
  exec(text: string): void;
  pragma(text: string): unknown;
  /** All of `work` or nothing of it; inside another transaction it is a part of that one. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** Opens the file as it is; pragmas and migrations are the caller's. */
export function connect(file: string, options: { readonly readonly?: boolean; readonly busyMs?: number } = {}): Sql {
  const guard = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explain(error, file);
    }
  };
  const database = guard(
    () => new Database(file, { readonly: options.readonly ?? false, timeout: options.busyMs ?? 5_000 }),
  );
  return {
    prepare<Row>(text: string): Statement<Row> {
      const statement = guard(() => database.prepare(text));
      return {
        run: (parameters = {}) =>
          guard(() => {
            const done = statement.run(parameters);
            return { changes: done.changes, lastId: Number(done.lastInsertRowid) };
          }),
        get: (parameters = {}) => guard(() => statement.get(parameters) as Row | undefined),
        all: (parameters = {}) => guard(() => statement.all(parameters) as Row[]),
      };
    },
    exec: (text) => void guard(() => database.exec(text)),
    pragma: (text) => guard(() => database.pragma(text, { simple: true })),
    // Immediate: the lock is taken at once, so that it can never fail half way for want of it.
    transaction: (work) => guard(() => database.transaction(work).immediate()),
    close: () => guard(() => void database.close()),
  };
}

/** SQLite's error as one of ours; anything else (and our own errors) passes unchanged. */
function explain(error: unknown, file: string): unknown {
  if (error instanceof LibraError || !(error instanceof Error) || !('code' in error)) return error;
  const code = String(error.code);
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || (/^SQLITE_(IOERR|CANTOPEN)/.test(code) && isFull(file))) {
    return new LibraError('LIBRA_DISK_FULL', `The disk that holds ${file} is full.`, {
      hint: 'Free some space there, or move the data directory with --data; nothing that was recorded is lost.',
      cause: error,
    });
  }
  if (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT')) return broken(file, error.message, error);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_PERM')) {
    return new LibraError('LIBRA_DATA_NOT_WRITABLE', `Libra cannot write ${file}: ${error.message}.`, {
      hint: 'Give this user the right to write there, or choose another directory with --data.',
      cause: error,
    });
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return new LibraError('LIBRA_DATA_IN_USE', `Another program holds ${file} locked.`, {
      hint: 'Close the other program (an open sqlite3 shell, a backup) and start again.',
      cause: error,
    });
  }
  if (!code.startsWith('SQLITE_')) return error;
  return new LibraError('LIBRA_INTERNAL', `The database said: ${messageOf(error)} (${code}).`, {
    hint: 'This is a mistake in Libra; please report it with the log.',
    cause: error,
  });
}

export function broken(file: string, detail: string, cause?: unknown): LibraError {
  return new LibraError('LIBRA_DATABASE_BROKEN', `${file} is not a sound Libra database: ${detail}.`, {
    hint: `Restore a copy of it (${dirname(file)}/backups keeps the one before the last upgrade), or move it away and start afresh.`,
    cause,
  });
}

/** Less than one database page left counts as full: some file systems report it as an I/O error. */
function isFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize < 64 * 1024;
  } catch {
    return false;
  }
}

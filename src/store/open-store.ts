/** Opens the data directory: one SQLite file, one daemon, the schema of this program, or one clear sentence why not. */
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { LibraError, messageOf } from '../domain/errors.ts';
import { fileSystemOfType } from '../system/files.ts';
import { lockDirectory } from './lock.ts';
import { migrate, refuseNewer, schemaVersion } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { repositories } from './repositories.ts';
import { broken, connect, type Sql } from './sql.ts';

export interface StoreOptions {
  /** The data directory; made if it does not exist. */
  readonly directory: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Says whether an existing path lies on a network file system, where SQLite's log is not safe; asks the system by default. */
  readonly isNetworkFileSystem?: (path: string) => boolean;
  /** Migrations to bring it to; those of this program by default. */
  readonly migrations?: readonly string[];
}

export type Store = ReturnType<typeof assemble>;

const DATABASE = 'libra.db';
/** Up to this size a file is checked from end to end when it is opened (about half a second). */
const CHECKED_BYTES = 64 * 1024 ** 2;

/**
 * Opens (and makes, and migrates) the database for the daemon and holds the directory's lock until `close`.
 * @throws LIBRA_DATA_NOT_WRITABLE, LIBRA_DATA_ON_NETWORK, LIBRA_DATA_IN_USE, LIBRA_DATABASE_NEWER, LIBRA_DATABASE_BROKEN, LIBRA_DISK_FULL
 */
export function openStore(options: StoreOptions): Store {
  const { directory, now, migrations = MIGRATIONS } = options;
  prepareDirectory(directory, options.isNetworkFileSystem ?? isOnNetwork);
  const lock = lockDirectory(directory, now());
  const file = join(directory, DATABASE);
  let sql: Sql | undefined;
  try {
    sql = connect(file);
    refuseNewer(sql, file, migrations.length);
    checkSound(sql, file);
    applyPragmas(sql);
    migrate(sql, file, migrations);
    return assemble(sql, now, file, () => lock.release());
  } catch (error) {
    sql?.close();
    lock.release();
    throw error;
  }
}

/**
 * Opens the database for reading beside a running daemon, without the lock. An older schema is migrated first, if no daemon has it.
 * @throws LIBRA_DIRECTORY_MISSING when there is no database, else as `openStore`
 */
export function openStoreForReading(options: StoreOptions): Store {
  const { directory, now, migrations = MIGRATIONS } = options;
  const file = join(directory, DATABASE);
  if (!existsSync(file)) {
    throw new LibraError('LIBRA_DIRECTORY_MISSING', `There is no Libra database in ${directory}.`, {
      hint: 'Start `libra watch DIR` first, or name its data directory with --data.',
    });
  }
  const sql = connect(file, { readonly: true });
  try {
    refuseNewer(sql, file, migrations.length);
    if (schemaVersion(sql) === migrations.length) return assemble(sql, now, file, () => {});
  } catch (error) {
    sql.close();
    throw error;
  }
  sql.close();
  openStore(options).close();
  return openStoreForReading(options);
}

function assemble(sql: Sql, now: () => number, file: string, onClose: () => void) {
  return {
    /** Path of the database. */
    file,
    ...repositories(sql, now),
    /** All of `work` or nothing of it, durable when it returns. Synchronous work only. */
    transaction: <T>(work: () => T): T => sql.transaction(work),
    close(): void {
      sql.close();
      onClose();
    },
  };
}

/**
 * WAL: readers never wait for the writer. FULL: every commit is synced, so it survives a power cut and not only a kill; Libra acts on
 * what it wrote down (a message sent, a pin released, a checkpoint the trainer deletes afterwards), and commits a few times a second at most.
 */
function applyPragmas(sql: Sql): void {
  sql.pragma('journal_mode = wal');
  sql.pragma('synchronous = full');
  sql.pragma('foreign_keys = on');
}

function checkSound(sql: Sql, file: string): void {
  const bytes = Number(sql.pragma('page_count')) * Number(sql.pragma('page_size'));
  if (bytes > CHECKED_BYTES) return;
  const found = String(sql.pragma('quick_check(1)'));
  if (found !== 'ok') throw broken(file, found);
}

function isOnNetwork(path: string): boolean {
  return fileSystemOfType(statfsSync(path).type).network;
}

function prepareDirectory(directory: string, isNetworkFileSystem: (path: string) => boolean): void {
  let existing = directory;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  if (isNetworkFileSystem(existing)) {
    throw new LibraError(
      'LIBRA_DATA_ON_NETWORK',
      `${directory} is on a network file system, where the database is not safe.`,
      {
        hint: 'Choose a directory on a local disk with --data, for example under /var/tmp or /tmp.',
      },
    );
  }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new LibraError('LIBRA_DATA_NOT_WRITABLE', `Libra cannot write to ${directory}: ${messageOf(error)}.`, {
      hint: 'Give this user the right to write there, or choose another directory with --data.',
      cause: error,
    });
  }
}

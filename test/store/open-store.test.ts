import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore, openStoreForReading } from '../../src/store/open-store.ts';
import { connect } from '../../src/store/sql.ts';
import { afterThisTest, scratchDirectory } from './scratch.ts';

const now = () => 1_000;

describe('opening the data directory', () => {
  it('makes it for its owner only, with a write-ahead log and full syncs', () => {
    const directory = join(scratchDirectory(), 'deep', 'data');
    const store = openStore({ directory, now });
    afterThisTest(() => store.close());
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(existsSync(join(directory, 'libra.db-wal'))).toBe(true);
  });

  it('refuses a directory that cannot be made', () => {
    const file = join(scratchDirectory(), 'file');
    writeFileSync(file, '');
    expect(() => openStore({ directory: join(file, 'data'), now })).toThrow(
      expect.objectContaining({ code: 'LIBRA_DATA_NOT_WRITABLE', hint: expect.stringContaining('--data') }),
    );
  });

  it.skipIf(process.getuid?.() !== 0)(
    'refuses a directory of somebody else (tried as an unprivileged user; needs root)',
    () => {
      const directory = scratchDirectory();
      chmodSync(directory, 0o755);
      const script = `
      process.setgid(65534); process.setuid(65534);
      const { openStore } = await import(${JSON.stringify(new URL('../../src/store/open-store.ts', import.meta.url).href)});
      try { openStore({ directory: ${JSON.stringify(directory)}, now: Date.now }); console.log('opened'); }
      catch (error) { console.log(error.code); }`;
      const child = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', script], {
        encoding: 'utf8',
      });
      expect(child.stdout.trim()).toBe('LIBRA_DATA_NOT_WRITABLE');
    },
  );

  it('refuses a network file system before it makes anything', () => {
    const parent = scratchDirectory();
    const asked: string[] = [];
    const isNetworkFileSystem = (path: string) => asked.push(path) > 0;
    expect(() => openStore({ directory: join(parent, 'data'), now, isNetworkFileSystem })).toThrow(
      expect.objectContaining({ code: 'LIBRA_DATA_ON_NETWORK' }),
    );
    expect(asked).toEqual([parent]);
    expect(readdirSync(parent)).toEqual([]);
  });

  it('refuses a database of a newer version and leaves it as it is', () => {
    const directory = scratchDirectory();
    openStore({ directory, now }).close();
    const file = join(directory, 'libra.db');
    const sql = connect(file);
    sql.pragma('user_version = 999');
    sql.close();
    const before = readFileSync(file);
    expect(() => openStore({ directory, now })).toThrow(
      expect.objectContaining({ code: 'LIBRA_DATABASE_NEWER', message: expect.stringContaining('999') }),
    );
    expect(() => openStoreForReading({ directory, now })).toThrow(
      expect.objectContaining({ code: 'LIBRA_DATABASE_NEWER' }),
    );
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('says that a file is broken when it is no database, and when a page of it is damaged', () => {
    const directory = scratchDirectory();
    const file = join(directory, 'libra.db');
    writeFileSync(file, 'this is not a database, and long enough to be read as one. '.repeat(100));
    const broken = expect.objectContaining({ code: 'LIBRA_DATABASE_BROKEN', hint: expect.stringContaining('backups') });
    expect(() => openStore({ directory, now })).toThrow(broken);

    const other = scratchDirectory();
    openStore({ directory: other, now }).close();
    const bytes = readFileSync(join(other, 'libra.db'));
    bytes.fill(0xa5, 4096 * 2, 4096 * 6);
    writeFileSync(join(other, 'libra.db'), bytes);
    expect(() => openStore({ directory: other, now })).toThrow(broken);
  });

  it('lets one daemon in, names the other, and is free again afterwards', () => {
    const directory = scratchDirectory();
    const first = openStore({ directory, now });
    expect(() => openStore({ directory, now })).toThrow(
      expect.objectContaining({
        code: 'LIBRA_DATA_IN_USE',
        message: expect.stringContaining(`process ${process.pid}`),
      }),
    );
    first.close();
    openStore({ directory, now }).close();
  });

  it('takes over from a daemon that died, whatever process its number means now', () => {
    const directory = scratchDirectory();
    openStore({ directory, now }).close();
    writeFileSync(
      join(directory, 'daemon.json'),
      JSON.stringify({ host: 'elsewhere', pid: process.ppid, startedAt: 1 }),
    );
    openStore({ directory, now }).close();
  });

  it('lets readers in beside the daemon, who can write nothing', () => {
    const directory = scratchDirectory();
    const store = openStore({ directory, now });
    store.runs.add({ id: 'r', name: 'r', path: '/out/r' });
    const reader = openStoreForReading({ directory, now });
    expect(reader.runs.list().map((run) => run.id)).toEqual(['r']);
    store.runs.add({ id: 's', name: 's', path: '/out/s' });
    expect(reader.runs.list().map((run) => run.id)).toEqual(['r', 's']);
    expect(() => reader.runs.add({ id: 't', name: 't', path: '/out/t' })).toThrow(
      expect.objectContaining({ code: 'LIBRA_DATA_NOT_WRITABLE' }),
    );
    reader.close();
    store.close();
    const afterwards = openStoreForReading({ directory, now });
    expect(afterwards.runs.list()).toHaveLength(2);
    afterwards.close();
  });

  it('tells a reader that there is no database', () => {
    expect(() => openStoreForReading({ directory: scratchDirectory(), now })).toThrow(
      expect.objectContaining({ code: 'LIBRA_DIRECTORY_MISSING' }),
    );
  });

  it('takes all of a transaction or nothing', () => {
    const store = openStore({ directory: scratchDirectory(), now });
    afterThisTest(() => store.close());
    expect(() =>
      store.transaction(() => {
        store.runs.add({ id: 'r', name: 'r', path: '/out/r' });
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(store.runs.list()).toEqual([]);
  });
});

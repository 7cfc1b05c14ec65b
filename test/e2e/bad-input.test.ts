/** What wrong usage and a broken surrounding get: one sentence what, one what to do, the right exit code. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runLibra } from './libra-process.ts';
import { makePlace, watch } from './watched-replay.ts';

let place: string;
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'libra-bad-'));
  await mkdir(join(place, 'output'));
});
afterEach(() => rm(place, { recursive: true, force: true }));

const watchOutput = (...args: string[]) =>
  runLibra(
    [
      'watch',
      join(place, 'output'),
      '--data',
      join(place, 'data'),
      '--until-idle',
      '0',
      ...(args.includes('--port') ? [] : ['--port', '0']),
      ...args,
    ],
    { cwd: place },
  );

function expectFailure(result: Awaited<ReturnType<typeof runLibra>>, code: number, what: RegExp, hint: RegExp): void {
  expect(result.stderr).toMatch(what);
  expect(result.stderr).toMatch(/^hint: /m);
  expect(result.stderr).toMatch(hint);
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(result.code).toBe(code);
}

it('refuses a directory that does not exist', async () => {
  const result = await runLibra(['watch', join(place, 'outptu'), '--data', join(place, 'data')], { cwd: place });
  expectFailure(result, 2, /There is no directory .*outptu/, /--wait/);
});

it('refuses to start without a directory, with an unknown option and an unknown command', async () => {
  expectFailure(await runLibra(['watch'], { cwd: place }), 2, /no directory to watch/, /libra watch output/);
  expect(await runLibra(['watch', place, '--prot', '1'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--port'),
  });
  expect(await runLibra(['wacht', place])).toMatchObject({ code: 2, stderr: expect.stringContaining('watch') });
});

it('ends at once with nothing to do in an empty directory, and says that it waits', async () => {
  const result = await watchOutput();
  expect(result).toMatchObject({ code: 0 });
  expect(result.stdout + result.stderr).toMatch(/wait/i);
});

it('names a misspelt key, its line and the right one', async () => {
  await writeFile(join(place, 'libra.yaml'), 'server:\n  prot: 1\n');
  expectFailure(await watchOutput(), 2, /libra\.yaml:2.*prot/, /port/);
});

it('says which port is in use', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  expectFailure(await watchOutput('--port', String(port)), 1, new RegExp(`${port}`), /--port/);
  server.close();
});

it('refuses a database of a newer version', async () => {
  await mkdir(join(place, 'data'));
  const database = new Database(join(place, 'data', 'libra.db'));
  database.pragma('user_version = 999');
  database.close();
  expectFailure(await watchOutput(), 1, /newer/i, /--data|update|upgrade|newer/i);
});

it('refuses a data directory that cannot be written to', async () => {
  await writeFile(join(place, 'file'), '');
  await chmod(join(place, 'file'), 0o400);
  const result = await runLibra(
    ['watch', join(place, 'output'), '--data', join(place, 'file', 'data'), '--until-idle', '0'],
    { cwd: place },
  );
  expectFailure(result, 1, /cannot write|not writ/i, /--data/);
});

it('lets one daemon have a data directory, and names the one that has it', async () => {
  await using shared = await makePlace(10);
  const first = watch(shared);
  await first.until(({ event }) => event === 'daemon.started', 'start');
  const second = watch(shared);
  const { code, stderr } = await second.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(String(first.child.pid));
  await first.kill();
});

it('names a task nobody has', async () => {
  await mkdir(join(place, 'tasks'));
  expectFailure(await watchOutput('--include-path', join(place, 'tasks'), '--tasks', 'gsm9k'), 2, /gsm9k/, /./);
});

/** A program of the team's, and a file. */
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCommandNotifier } from '../../../src/alert/notifiers/command.ts';
import { createFileNotifier } from '../../../src/alert/notifiers/file.ts';
import { outgoingOf } from '../../../src/alert/outgoing.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { alert } from '../fixtures.ts';

const outgoing = outgoingOf(
  alert(),
  { name: 'own', defaultSamples: 'ids' },
  { at: '2026-11-24T03:00:00.000Z', event: 'alert.firing', language: 'both' },
);
const scratch = () => mkdtemp(join(tmpdir(), 'libra-own-'));

describe('a program', () => {
  const send = async (command: readonly [string, ...string[]], timeoutMs = 5_000, signal?: AbortSignal) => {
    const env = { PATH: process.env.PATH, LIBRA_TOKEN: 'a-secret' };
    const notifier = createCommandNotifier({ name: 'own', command, timeoutMs, clock: systemClock, env });
    const outcome = await notifier.send(outgoing, signal);
    notifier.close();
    return outcome;
  };

  test('gets the message as one line of JSON, its arguments as they are, and none of our secrets', async () => {
    const file = join(await scratch(), 'got');
    const script = `cat > "$0"; printf '%s\\n' "$1" "token=$LIBRA_TOKEN" >> "$0"`;
    expect(await send(['sh', '-c', script, file, '$(touch /tmp/never) "x"'])).toEqual({
      kind: 'sent',
      detail: 'exit code 0',
    });
    const [line, argument, token] = (await readFile(file, 'utf8')).split('\n');
    expect(JSON.parse(line!)).toMatchObject({
      id: outgoing.key,
      type: 'alert.firing',
      data: { run: 'forgetting', alert: { id: alert().id } },
    });
    expect(argument).toBe('$(touch /tmp/never) "x"');
    expect(token).toBe('token=');
  });

  test('that fails is tried again and quoted; one that is not there is not', async () => {
    expect(await send(['sh', '-c', 'echo no network >&2; exit 3'])).toEqual({
      kind: 'retry',
      error: 'sh ended with exit code 3: no network.',
      afterMs: null,
    });
    for (const code of [64, 127]) expect(await send(['sh', '-c', `exit ${code}`])).toMatchObject({ kind: 'dead' });
    const garbage = join(await scratch(), 'garbage');
    await writeFile(garbage, '#!/no/such/interpreter\n', { mode: 0o755 });
    expect(await send([garbage])).toMatchObject({
      kind: 'dead',
      error: expect.stringContaining('could not be started'),
    });
    expect(await send(['no-such-program-here'])).toMatchObject({
      kind: 'dead',
      error: expect.stringContaining('give its full path'),
    });
  });

  test('that hangs, or reads nothing, is ended in time with all it started', async () => {
    const startedAt = Date.now();
    expect(await send(['sh', '-c', 'sleep 60 & sleep 60'], 300)).toMatchObject({
      kind: 'retry',
      error: 'sh did not end within 0.3 s.',
    });
    expect(await send(['true'])).toMatchObject({ kind: 'sent' });
    expect(Date.now() - startedAt).toBeLessThan(10_000);
  });
});

describe('a file', () => {
  test('gets one line a message', async () => {
    const path = join(await scratch(), 'alerts.jsonl');
    const notifier = createFileNotifier({ name: 'own', path });
    expect(await Promise.all([notifier.send(outgoing), notifier.send(outgoing)])).toMatchObject([
      { kind: 'sent' },
      { kind: 'sent' },
    ]);
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0]!)).toMatchObject({ id: outgoing.key, type: 'alert.firing' });
  });

  test('a line that a crash tore stays alone', async () => {
    const path = join(await scratch(), 'alerts.jsonl');
    await writeFile(path, '{"id":"msg_torn","ty');
    expect(await createFileNotifier({ name: 'own', path }).send(outgoing)).toMatchObject({ kind: 'sent' });
    const lines = (await readFile(path, 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[1]!)).toMatchObject({ id: outgoing.key });
  });

  test('whose directory is not there is tried again', async () => {
    const notifier = createFileNotifier({ name: 'own', path: '/no/such/directory/alerts.jsonl' });
    expect(await notifier.send(outgoing)).toMatchObject({
      kind: 'retry',
      error: expect.stringContaining('could not be written (ENOENT)'),
    });
  });
});

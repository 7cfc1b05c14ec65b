/** Beginning and end of a `libra serve` process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeReady } from '../../src/cli/serve/describe-ready.ts';
import { spawnServe, startEngine } from './engine-process.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

async function complaintOf(args: readonly string[]): Promise<string> {
  const child = spawnServe(args);
  let complaint = '';
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(1);
  return complaint;
}

test('SIGTERM ends it quickly and takes the socket along', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  const socket = join(directory.path, 's.sock');
  await using engine = await startEngine([directory.path, '--socket', socket]);
  engine.open('/v1/completions', { prompt: [5], max_tokens: 120, ignore_eos: true });
  const begun = performance.now();
  engine.child.kill('SIGTERM');
  const [code] = await once(engine.child, 'exit');
  expect(code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(2000);
  expect(existsSync(socket)).toBe(false);
});

test('a socket left by a dead server is replaced', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  const socket = join(directory.path, 's.sock');
  const first = await startEngine([directory.path, '--socket', socket]);
  await first[Symbol.asyncDispose]();
  expect(existsSync(socket)).toBe(true);
  await using second = await startEngine([directory.path, '--socket', socket]);
  expect((await second.get('/health')).status).toBe(200);
});

test('it ends with its standard input', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  await using engine = await startEngine([directory.path, '--exit-with-stdin']);
  engine.child.stdin?.end();
  expect(await once(engine.child, 'exit')).toEqual([0, null]);
});

test('it ends when the process that started it was killed', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  const parent = spawn('sleep', ['600']);
  await using engine = await startEngine([directory.path, '--parent-pid', `${parent.pid}`]);
  expect((await engine.get('/health')).status).toBe(200);
  parent.kill('SIGKILL');
  expect(await once(engine.child, 'exit')).toEqual([0, null]);
});

test('an architecture it cannot run is named, with what can', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  await writeFile(join(directory.path, 'config.json'), '{"model_type": "mamba2"}');
  expect(await complaintOf([directory.path])).toMatch(/LIBRA_ARCHITECTURE_UNSUPPORTED.*"mamba2".*vLLM.*--engine/);
});

test('weights that do not fit the config are named', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  const config = JSON.parse(await readFile(join(directory.path, 'config.json'), 'utf8'));
  await writeFile(join(directory.path, 'config.json'), JSON.stringify({ ...config, num_hidden_layers: 4 }));
  expect(await complaintOf([directory.path])).toMatch(/LIBRA_CHECKPOINT_INVALID.*no tensor model\.layers\.3/);
});

test('a directory that is no checkpoint, a cut weight file and a taken port are said in a sentence', async () => {
  await using directory = await temporaryDirectory();
  expect(await complaintOf([directory.path])).toMatch(/config\.json is missing/);
  await writeSeeded('plain', directory.path);
  await using engine = await startEngine([directory.path]);
  expect(await complaintOf([directory.path, '--port', new URL(engine.ready.url).port])).toMatch(
    /LIBRA_PORT_IN_USE.*in use/,
  );
  const weights = join(directory.path, 'model.safetensors');
  await writeFile(weights, (await readFile(weights)).subarray(0, 5000));
  expect(await complaintOf([directory.path])).toMatch(/LIBRA_CHECKPOINT_INVALID.*ends before tensor/);
});

test('a path that is no directory is said at once', async () => {
  await using directory = await temporaryDirectory();
  expect(await complaintOf([join(directory.path, 'nowhere')])).toMatch(/LIBRA_DIRECTORY_MISSING.*does not exist/);
});

test('others are let in only with a key, and a key is not written on the command line', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  expect(await complaintOf([directory.path, '--host', '0.0.0.0'])).toMatch(/LIBRA_USAGE.*0\.0\.0\.0 without a key/);
  expect(await complaintOf([directory.path, '--api-key', 'abc'])).toMatch(/LIBRA_USAGE.*command line.*file:/);
  const file = join(directory.path, 'key');
  await writeFile(file, 'from a file\n');
  await using engine = await startEngine([directory.path, '--host', '0.0.0.0', '--api-key', `file:${file}`]);
  expect(engine.ready.url).toMatch(/^http:\/\/0\.0\.0\.0:\d+$/);
  expect((await engine.get('/v1/models')).status).toBe(401);
  expect((await engine.get('/v1/models', { authorization: 'Bearer from a file' })).status).toBe(200);
});

test('a person is told where it listens and how to try it', () => {
  const ready = { url: 'http://127.0.0.1:8000', model: "it's", max_model_len: 256, startup_ms: 1234 };
  const told = describeReady(ready);
  expect(told).toMatch(/Serving it's on http:\/\/127\.0\.0\.1:8000 \(context of 256 tokens, ready in 1\.2 s\)/);
  expect(told).toContain(
    `curl http://127.0.0.1:8000/v1/completions -H 'content-type: application/json' -d '{"model":"it'\\''s"`,
  );
  expect(describeReady({ ...ready, url: 'unix:/run/a b.sock' })).toContain(
    "curl --unix-socket '/run/a b.sock' http://localhost/",
  );
});

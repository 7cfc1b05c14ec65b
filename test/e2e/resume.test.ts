/** A killed daemon asks the engine at most one batch again: counted on the wire, in front of a real engine. */
import { spawn } from 'node:child_process';
import { cp, mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { type LibraProcess, MAIN, startLibra } from './libra-process.ts';
import { makePlace, read, recordedRun } from './watched-replay.ts';

/** Docs of a batch, as evaluate.ts asks them. */
const BATCH = 96;
const TASKS = 'antonym_zh,relation_zh,review_en';

async function serve(checkpoint: string): Promise<{ url: string; stop: () => void }> {
  const child = spawn(process.execPath, [MAIN, 'serve', checkpoint, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const { ready, url } = JSON.parse(line) as { ready?: boolean; url?: string };
    if (ready && url) return { url, stop: () => child.kill() };
  }
  throw new Error('the engine ended before it was ready');
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

it('goes on behind the last batch that was kept', async () => {
  await using place = await makePlace(300);
  const name = 'checkpoint-1440';
  await mkdir(join(place.output, 'small'), { recursive: true });
  await cp(join(recordedRun('healthy'), name), join(place.output, 'small', name), { recursive: true });
  const engine = await serve(join(recordedRun('healthy'), name));
  const asked = new Map<string, number>();
  let answered = 0;
  let onAnswer: (count: number) => void = () => {};
  const proxy = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const isWork = request.url === '/v1/score' || request.url === '/v1/completions';
    if (isWork) {
      const { items, prompt } = JSON.parse(body) as { items?: unknown[]; prompt?: unknown };
      const parts = items ?? (Array.isArray(prompt) ? prompt : [prompt]);
      // A smoke test asks one or two things; batches are what counts.
      if (parts.length > 4)
        for (const part of parts) asked.set(JSON.stringify(part), (asked.get(JSON.stringify(part)) ?? 0) + 1);
      if (parts.length > 4) onAnswer(++answered);
    }
    const reply = await fetch(engine.url + request.url, {
      method: request.method ?? 'GET',
      headers: { 'content-type': 'application/json' },
      ...(body === '' ? {} : { body }),
    });
    response.writeHead(reply.status, { 'content-type': reply.headers.get('content-type') ?? 'application/json' });
    response.end(Buffer.from(await reply.arrayBuffer()));
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => proxy.once('listening', resolve));
  const address = proxy.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const start = (...more: string[]): LibraProcess =>
    startLibra([
      'watch',
      place.output,
      '--data',
      place.data,
      '--config',
      place.config,
      '--tasks',
      TASKS,
      '--engine',
      `http://127.0.0.1:${port}`,
      '--json',
      ...more,
    ]);

  const kills = [2, 5, 8];
  for (const at of kills) {
    const libra = start();
    await new Promise<void>((resolve) => {
      onAnswer = (count) => {
        if (count < at) return;
        onAnswer = () => {};
        libra.child.kill('SIGKILL');
        resolve();
      };
    });
    await libra.ended;
  }
  onAnswer = () => {};
  expect(await start('--until-idle', '1').ended).toMatchObject({ code: 0 });
  engine.stop();
  proxy.close();
  proxy.closeAllConnections();

  const total = [...asked.values()].reduce((sum, count) => sum + count, 0);
  expect(asked.size).toBeGreaterThan(500);
  expect(total - asked.size).toBeGreaterThan(0);
  expect(total - asked.size).toBeLessThanOrEqual(kills.length * BATCH);
  const scores = read(place, (store) => store.scores.ofCheckpoint('small-1440'));
  const own = scores.filter(({ metric, isAttached }) => metric !== 'acc_norm' && !isAttached);
  expect(own.map(({ task, n }) => [task, n])).toEqual(TASKS.split(',').map((task) => [task, 300]));
}, 180_000);

/** Hostile, malformed and oversized requests: each gets an answer in OpenAI's shape, and the server goes on answering. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/embedded/engine.ts';
import { createHttpServer } from '../../src/embedded/server/http-server.ts';
import { Workload } from '../../src/embedded/server/workload.ts';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: EngineProcess;
beforeAll(async () => {
  directory = await temporaryDirectory();
  await writeSeeded('plain', join(directory.path, 'checkpoint-1'));
  engine = await startEngine([join(directory.path, 'checkpoint-1')]);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});
afterEach(async () => {
  const { json } = await engine.post('/v1/completions', { prompt: [5], max_tokens: 1, temperature: 0 });
  expect(json.choices).toHaveLength(1);
});

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

const REFUSED: [string, string, unknown, number, string | null][] = [
  ['deep nesting', '/v1/completions', nested(100_000), 400, null],
  ['a prompt nested deeply', '/v1/completions', `{"prompt": ${nested(100_000)}}`, 400, 'prompt[0]'],
  ['messages nested deeply', '/v1/chat/completions', `{"messages": ${nested(100_000)}}`, 400, null],
  ['a deep unknown model', '/v1/completions', `{"model": ${nested(100_000)}}`, 404, 'model'],
  ['a deep stop', '/v1/completions', `{"prompt": "a", "stop": ${nested(100_000)}}`, 400, 'stop'],
  ['NaN', '/v1/completions', '{"prompt": "a", "temperature": NaN}', 400, null],
  ['a number beyond all numbers', '/v1/completions', '{"prompt": "a", "temperature": 1e999}', 400, 'temperature'],
  ['a negative number', '/v1/completions', { prompt: 'a', max_tokens: -1 }, 400, 'max_tokens'],
  ['an absurd max_tokens', '/v1/completions', { prompt: 'a', max_tokens: 1e15 }, 400, 'max_tokens'],
  ['a large max_tokens', '/v1/completions', { prompt: 'a', max_tokens: 1e8 }, 400, 'prompt'],
  ['an absurd n', '/v1/completions', { prompt: 'a', n: 1e6 }, 400, 'n'],
  ['a fractional n', '/v1/completions', { prompt: 'a', n: 1.5 }, 400, 'n'],
  ['n as text', '/v1/completions', { prompt: 'a', n: '2' }, 400, 'n'],
  ['too many prompts', '/v1/completions', { prompt: Array(5000).fill([5]) }, 400, 'prompt'],
  ['prompts times n', '/v1/completions', { prompt: Array(100).fill([5]), n: 100 }, 400, 'prompt'],
  ['too many stop strings', '/v1/completions', { prompt: 'a', stop: Array(100_000).fill('x') }, 400, 'stop'],
  ['a stop string too long', '/v1/completions', { prompt: 'a', stop: 'x'.repeat(2000) }, 400, 'stop'],
  ['a stop that is no text', '/v1/completions', { prompt: 'a', stop: [7] }, 400, 'stop'],
  [
    'a reply too large',
    '/v1/completions',
    { prompt: Array(4000).fill(Array(100).fill(5)), max_tokens: 1, logprobs: 20, echo: true },
    400,
    'logprobs',
  ],
  ['no tokens among prompts', '/v1/completions', { prompt: [[5], []] }, 400, 'prompt'],
  ['an id out of range', '/v1/completions', { prompt: [[5], [5, 1e9]] }, 400, 'prompt[1]'],
  ['an id out of range to detokenise', '/detokenize', { tokens: [-1] }, 400, 'tokens'],
  ['a text nowhere', '/tokenize', { prompt: 7 }, 400, 'prompt'],
  ['too many items', '/v1/score', { items: Array(200_000).fill(0) }, 400, 'items'],
  ['an item that is none', '/v1/score', { items: [{ context: 'a', continuations: [] }, null] }, 400, 'items[1]'],
  [
    'a continuation that is none',
    '/v1/score',
    { items: [{ context: 'a', continuations: ['b', {}] }] },
    400,
    'items[0].continuations[1]',
  ],
  ['stream_options that are none', '/v1/completions', { prompt: 'a', stream_options: 7 }, 400, 'stream_options'],
  [
    'truncating to nothing',
    '/v1/completions',
    { prompt: 'a', truncate_prompt_tokens: 0 },
    400,
    'truncate_prompt_tokens',
  ],
  [
    'no room before the answer',
    '/v1/completions',
    { prompt: 'a', max_tokens: 128, truncate_prompt_tokens: -1 },
    400,
    'max_tokens',
  ],
  [
    'prompt_logprobs streamed',
    '/v1/completions',
    { prompt: 'a', stream: true, prompt_logprobs: 1 },
    400,
    'prompt_logprobs',
  ],
];
test.each(REFUSED)('%s', async (_name, path, body, status, param) => {
  const reply = await engine.post(path, body);
  expect(reply.status).toBe(status);
  expect(Object.keys(reply.json.error).sort()).toEqual(['code', 'message', 'param', 'type']);
  expect(reply.json.error).toMatchObject({ param, type: 'invalid_request_error' });
  expect(reply.json.error.message.length).toBeLessThan(400);
});

test('a lone surrogate is a character like any that is no character', async () => {
  const body = '{"prompt": "a \\ud800 b", "max_tokens": 2, "temperature": 0, "stop": ["\\udc00"]}';
  expect((await engine.post('/v1/completions', body)).status).toBe(200);
  expect((await engine.post('/v1/score', '{"rolling": ["\\ud800"]}')).json.rolling[0].tokens).toBeGreaterThan(0);
});

test('a body of 100 MB is refused, and its memory comes back', async () => {
  const reply = await engine.post('/v1/score', `"${'x'.repeat(100 << 20)}"`);
  expect([reply.status, reply.json.error.code]).toEqual([413, 'request_too_large']);
});

test('an encoded body is refused by name', async () => {
  const reply = await engine.post('/v1/completions', '{}', { 'content-encoding': 'gzip' });
  expect([reply.status, reply.json.error.code]).toEqual([415, 'unsupported_encoding']);
});

test('HEAD is GET without a body, and a wrong method says the right one', async () => {
  const { url } = engine.ready;
  expect((await fetch(`${url}/health`, { method: 'HEAD' })).status).toBe(200);
  const wrong = await fetch(`${url}/v1/completions`);
  expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
});

describe('on the bare connection', () => {
  test('what is no HTTP, a bad length and chunked garbage get an answer', async () => {
    const { port } = new URL(engine.ready.url);
    const post = 'POST /v1/completions HTTP/1.1\r\nHost: x\r\n';
    for (const bytes of [
      'hello there\r\n\r\n',
      `${post}Content-Length: -5\r\n\r\n{}`,
      `${post}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`,
      `${post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n`,
      `GET /health HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
    ]) {
      const answer = await talk(Number(port), bytes);
      expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /);
      expect(JSON.parse(answer.split('\r\n\r\n')[1]!).error).toMatchObject({ type: 'invalid_request_error' });
    }
  });

  test('requests sent one behind the other are answered in order', async () => {
    const { port } = new URL(engine.ready.url);
    const request = (body: string) =>
      `POST /tokenize HTTP/1.1\r\nHost: x\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    const last = 'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const bodies = Array.from({ length: 50 }, (_, n) => JSON.stringify({ prompt: 'a '.repeat(n + 1) }));
    const answer = await talk(Number(port), bodies.map(request).join('') + last);
    const counts = [...answer.matchAll(/"count":(\d+)/g)].map((match) => Number(match[1]));
    expect(counts).toHaveLength(50);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(answer).toMatch(/HTTP\/1\.1 404/);
  });

  test('a client that dies in its body harms nobody', async () => {
    const { port } = new URL(engine.ready.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /v1/completions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{"prompt');
    socket.destroy();
  });
});

test('headers and bodies that come too slowly are cut off, and too many requests are turned away', async () => {
  const loaded = await loadEngine(join(directory.path, 'checkpoint-1'), {
    workDirectory: null,
    threads: 1,
    maxLength: null,
  });
  const served = { engine: loaded, work: new Workload(loaded), name: 'm', fingerprint: null, startedAt: 0 };
  const server = createHttpServer(served, {
    key: null,
    headersTimeoutMs: 150,
    requestTimeoutMs: 300,
    requestsAtOnce: 2,
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const post = 'POST /v1/completions HTTP/1.1\r\nHost: x\r\n';
  const body = `${post}Content-Length: 1000\r\n\r\n{"prompt`;
  // The headers of the first never end, the bodies of the others neither.
  const slow = [talk(port, post), talk(port, body), talk(port, body)];
  const refused = await untilStatus(`http://127.0.0.1:${port}/v1/models`, 503);
  expect(refused.headers.get('retry-after')).toBe('1');
  expect(((await refused.json()) as { error: object }).error).toMatchObject({ code: 'server_overloaded' });
  expect((await fetch(`http://127.0.0.1:${port}/health`)).status).toBe(200);
  for (const answer of await Promise.all(slow)) expect(answer).toMatch(/^HTTP\/1\.1 408 .*request_timeout/s);
  await untilStatus(`http://127.0.0.1:${port}/v1/models`, 200);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
});

async function untilStatus(url: string, status: number): Promise<Response> {
  while (true) {
    const reply = await fetch(url);
    if (reply.status === status) return reply;
    await reply.text();
  }
}

/** Everything the server says until it closes the connection. */
async function talk(port: number, bytes: string): Promise<string> {
  const socket: Socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

/** Real servers on port 0 and on Unix sockets. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpClient, errorText, type HttpError, type HttpFailure } from '../../src/system/http.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function listen(answer: RequestListener, socket?: string): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socket ?? { port: 0, host: '127.0.0.1' }, resolve));
  return socket === undefined ? `http://127.0.0.1:${(server.address() as AddressInfo).port}` : `unix:${socket}`;
}

function answering(answer: (response: ServerResponse) => unknown): Promise<string> {
  return listen((_request, response) => {
    answer(response);
  });
}

const get = { method: 'GET', path: '/' } as const;

const FAILURES: readonly (readonly [HttpFailure, () => string | Promise<string>])[] = [
  ['refused', () => 'http://127.0.0.1:1'],
  ['refused', () => 'unix:/nowhere/at/all.sock'],
  ['unresolvable', () => 'http://no-such-host.invalid:80'],
  ['reset', () => listen((request) => request.socket.destroy())],
  ['not-json', () => answering((response) => response.end('<html>'))],
  ['status', () => answering((response) => response.writeHead(500).end('{"error":{"message":"out of luck"}}'))],
  ['too-large', () => answering((response) => response.end('x'.repeat(2000)))],
  ['timeout', () => listen(() => {})],
  ['timeout', () => answering((response) => response.write('half'))],
  [
    'reset',
    () =>
      listen((request, response) => {
        response.writeHead(200, { 'content-length': 100 });
        response.write('half', () => request.socket.destroy());
      }),
  ],
];

describe('createHttpClient', () => {
  it('speaks JSON over TCP with a prefix, its headers and one kept connection', async () => {
    const ports = new Set<number | undefined>();
    const base = await listen((request, response) => {
      ports.add(request.socket.remotePort);
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () =>
        response.end(JSON.stringify([request.url, request.headers.authorization, JSON.parse(body)])),
      );
    });
    const client = createHttpClient({ base: `${base}/prefix/`, headers: { authorization: 'Bearer k' } });
    for (let i = 0; i < 3; i++) {
      expect(await client.sendJson({ method: 'POST', path: '/v1/x', body: { 天: i } })).toEqual([
        '/prefix/v1/x',
        'Bearer k',
        { 天: i },
      ]);
    }
    expect(ports.size).toBe(1);
    client.close();
  });

  it('speaks over a Unix socket, and takes bare NaN', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'libra-http-'));
    const base = await listen((_request, response) => response.end('{"a": NaN}'), join(directory, 's'));
    expect(await createHttpClient({ base }).sendJson(get)).toEqual({ a: Number.NaN });
    await rm(directory, { recursive: true });
  });

  it.each(FAILURES)('tells a %s failure apart, with what to do (%#)', async (failure, start) => {
    const client = createHttpClient({ base: await start(), maxBytes: 1000 });
    const error = (await client.sendJson({ ...get, timeoutMs: 500 }).catch((thrown) => thrown)) as HttpError;
    expect(error.failure).toBe(failure);
    expect(error).toMatchObject({ code: 'LIBRA_ENGINE_FAILED' });
    expect(error.hint).not.toBe('');
    if (failure === 'status') expect(error.message).toContain('out of luck');
  });

  it('is called off by a signal, before and in the middle', async () => {
    const stop = new AbortController();
    const base = await listen(() => stop.abort());
    const client = createHttpClient({ base });
    await expect(client.send({ ...get, signal: stop.signal })).rejects.toMatchObject({ failure: 'aborted' });
    await expect(client.send({ ...get, signal: stop.signal })).rejects.toMatchObject({ failure: 'aborted' });
  });

  it('refuses what is no address', () => {
    expect(() => createHttpClient({ base: 'localhost:8000' })).toThrow(/not the address/);
  });
});

describe('errorText', () => {
  it('finds the sentence in the usual shapes', () => {
    expect(errorText('{"error":{"message":"a"}}')).toBe('a');
    expect(errorText('{"object":"error","message":"b"}')).toBe('b');
    expect(errorText('{"detail":"c"}')).toBe('c');
    expect(errorText('{"error":"d"}')).toBe('d');
    expect(errorText('<html> e\n</html>')).toBe('<html> e </html>');
  });
});

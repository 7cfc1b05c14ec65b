/** A hub of data sets over HTTP: listings, files with redirects to another origin, gated sets, ranges, and transfers that break off. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRepository {
  /** By revision (default `main`): files by path. */
  readonly revisions: Readonly<Record<string, Readonly<Record<string, string | Buffer>>>>;
  /** Only this token may read it. */
  readonly token?: string;
}

export interface FakeHub {
  readonly endpoint: string;
  /** Every request: method, path, authorization and range as they came. */
  readonly requests: readonly { readonly path: string; readonly authorization: string; readonly range: string }[];
  /** The next file ends after that many bytes. */
  breakAfter(bytes: number): void;
  close(): Promise<void>;
}

export async function startFakeHub(repositories: Readonly<Record<string, FakeRepository>>): Promise<FakeHub> {
  const requests: { path: string; authorization: string; range: string }[] = [];
  let limit: number | null = null;
  const note = (request: IncomingMessage) =>
    requests.push({
      path: decodeURIComponent(request.url ?? ''),
      authorization: request.headers.authorization ?? '',
      range: request.headers.range ?? '',
    });
  // Large files lie elsewhere, as on the real hub.
  const store = createServer((request, response) => {
    note(request);
    const [, id, sha, path] = /^\/files\/([^@]+)@(\w+)\/(.*)$/.exec(decodeURIComponent(request.url ?? ''))!;
    const content = Buffer.from(contentOf(id!, sha!, path!)!);
    const etag = `"${createHash('sha256').update(content).digest('hex')}"`;
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const isPart = from > 0 && request.headers['if-range'] === etag;
    const body = isPart ? content.subarray(from) : content;
    response.writeHead(isPart ? 206 : 200, { etag, 'content-length': body.length });
    if (limit === null) {
      response.end(body);
      return;
    }
    response.write(body.subarray(0, limit), () => response.destroy());
    limit = null;
  });
  await listen(store);
  const elsewhere = `http://localhost:${(store.address() as AddressInfo).port}`;

  const shaOf = (id: string, revision: string) => createHash('sha1').update(`${id}@${revision}`).digest('hex');
  const contentOf = (id: string, sha: string, path: string) => {
    const revisions = repositories[id]?.revisions ?? {};
    const revision = Object.keys(revisions).find((name) => shaOf(id, name) === sha || name === sha);
    return revision === undefined ? undefined : revisions[revision]![path];
  };

  const hub = createServer((request, response) => {
    note(request);
    const path = request.url ?? '';
    const [, listed, revision] = /^\/api\/datasets\/(.+)\/revision\/([^/]+)$/.exec(path) ?? [];
    const [, fetched, sha, file] = /^\/datasets\/(.+)\/resolve\/(\w+)\/(.+)$/.exec(path) ?? [];
    const id = listed ?? fetched ?? '';
    const repository = repositories[id];
    if (repository === undefined) return say(response, 404, { error: 'Repository not found' });
    if (repository.token !== undefined && request.headers.authorization !== `Bearer ${repository.token}`) {
      return say(response, 401, { error: 'Access to this dataset is restricted' });
    }
    if (listed !== undefined) {
      const name = decodeURIComponent(revision!);
      const files = repository.revisions[name];
      if (files === undefined) return say(response, 404, { error: 'Revision not found' });
      const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
      return say(response, 200, { id, sha: shaOf(id, name), siblings });
    }
    const content = contentOf(id, sha!, decodeURIComponent(file!));
    if (content === undefined) return say(response, 404, { error: 'Entry not found' });
    const digest = createHash('sha256').update(content).digest('hex');
    response.writeHead(302, {
      location: `${elsewhere}/files/${id}@${sha}/${file}`,
      'x-linked-etag': `"${digest}"`,
    });
    response.end();
  });
  await listen(hub);
  return {
    endpoint: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
    requests,
    breakAfter: (bytes) => {
      limit = bytes;
    },
    close: async () => {
      for (const server of [hub, store]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

function listen(server: Server): Promise<void> {
  return new Promise((resolve) => server.listen(0, resolve));
}

/** A real HTTP server that keeps what it is sent and answers as told. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Caught {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface HttpCatcher extends AsyncDisposable {
  readonly url: string;
  readonly caught: readonly Caught[];
}

/** `answer` gives status and headers by the number of the request, from 0; status 0 leaves it without an answer. */
export async function startHttpCatcher(
  answer: (request: number) => { readonly status: number; readonly headers?: Record<string, string> } = () => ({
    status: 204,
  }),
): Promise<HttpCatcher> {
  const caught: Caught[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { status, headers = {} } = answer(caught.length);
      caught.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      if (status !== 0) response.writeHead(status, headers).end('noted');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    caught,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

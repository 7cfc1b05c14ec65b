/** Real servers that treat a client badly, each in its own way. */
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

export interface BadServer extends AsyncDisposable {
  readonly port: number;
  /** Connections and requests seen so far. */
  readonly tries: () => number;
}

/** Begins an answer, sends a byte of its endless headers now and then, and never comes to an end. */
export function startSlowLoris(everyMs: number): Promise<BadServer> {
  return startTcp((socket) => {
    socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
    const drip = setInterval(() => socket.write('a'), everyMs);
    socket.on('close', () => clearInterval(drip));
  });
}

/** Ends its headers, and begins a body that never ends. */
export function startEndlessBody(everyMs: number): Promise<BadServer> {
  return startTcp((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const drip = setInterval(() => socket.write('1\r\na\r\n'), everyMs);
    socket.on('close', () => clearInterval(drip));
  });
}

/** A mail server that greets a letter at a time. */
export function startSlowMail(everyMs: number): Promise<BadServer> {
  return startTcp((socket) => {
    const drip = setInterval(() => socket.write('2'), everyMs);
    socket.on('close', () => clearInterval(drip));
  });
}

/** Takes the request and breaks the connection. */
export function startResetter(): Promise<BadServer> {
  return startTcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
}

/** Answers every request well, by a certificate that nobody signed. */
export async function startSelfSigned(): Promise<BadServer> {
  let tries = 0;
  const server = createHttpsServer({ key: SELF_SIGNED.key, cert: SELF_SIGNED.cert }, (request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  server.on('connection', () => {
    tries += 1;
  });
  server.on('tlsClientError', () => {});
  return listen(
    server,
    () => tries,
    () => server.closeAllConnections(),
  );
}

export type FlakyAnswer = 'fine' | 'error' | 'too-many' | 'reset' | 'silence';

/** Notes the `webhook-id` of what it took, and treats each request as told. */
export async function startFlaky(
  treat: () => FlakyAnswer,
  took: (id: string, body: string) => void,
): Promise<BadServer> {
  let tries = 0;
  const server = createHttpServer((request, response) => {
    tries += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const answer = treat();
      if (answer === 'fine') {
        took(String(request.headers['webhook-id']), Buffer.concat(chunks).toString('utf8'));
        response.writeHead(200).end('ok');
      } else if (answer === 'error') response.writeHead(500).end('broken');
      else if (answer === 'too-many') response.writeHead(429, { 'retry-after': '1' }).end();
      else if (answer === 'reset') request.socket.resetAndDestroy();
    });
  });
  return listen(
    server,
    () => tries,
    () => server.closeAllConnections(),
  );
}

async function startTcp(treat: (socket: Socket) => void): Promise<BadServer> {
  const sockets = new Set<Socket>();
  let tries = 0;
  const server = createTcpServer((socket) => {
    tries += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    treat(socket);
    socket.resume();
  });
  const end = () => {
    for (const socket of sockets) socket.destroy();
  };
  return listen(server, () => tries, end);
}

async function listen(server: Server, tries: () => number, end: () => void): Promise<BadServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    tries,
    async [Symbol.asyncDispose]() {
      end();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** For localhost, until 2126; the key is of no use anywhere else. */
export const SELF_SIGNED = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+SinU6bGgd8KprG2
VdyG4iGhpwFQ7rAZ5tRnd7w8p++hRANCAARS77E+8b65jhcPt0+SlE+YGT8ADZXv
VwlxxW1cdf1R886ktiV1nmlDKaUsqlnV1l6l+ONVhWkbs+dF6G79q4qd
-----END PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUUJDegLfZ3z6+C24IOa7Yx2qkw6kwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNzE5MjIyOVoYDzIxMjYxMTAz
MTkyMjI5WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARS77E+8b65jhcPt0+SlE+YGT8ADZXvVwlxxW1cdf1R886ktiV1nmlD
KaUsqlnV1l6l+ONVhWkbs+dF6G79q4qdo28wbTAdBgNVHQ4EFgQUdLBpyWIz1Bxm
t5aNOWtaF3QiCpAwHwYDVR0jBBgwFoAUdLBpyWIz1Bxmt5aNOWtaF3QiCpAwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAK4IRXpaHovwSJ1+u1hwGkshk6M6pk2366DgDW/HKJQ/AiEA
qs0EBeZz4LfMc/+wBimF/aJELrQOcms1s9WzFpExjjI=
-----END CERTIFICATE-----`,
};

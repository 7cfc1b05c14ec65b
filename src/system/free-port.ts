/** A port nobody listens on right now. Until somebody binds it anyone may, so whoever uses it must cope with its being taken. */
import { createServer } from 'node:net';

/** @throws the system's error when `host` is none of this machine's addresses */
export function findFreePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port: 0, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

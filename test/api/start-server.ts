/** A server over a seeded store, closed with it. */
import { createServer, type Server, type ServerOptions } from '../../src/api/server.ts';
import { silentLog } from '../../src/system/log.ts';
import { type Seeded, seedStore } from './seeded-store.ts';

export const TOKEN = 'local-token-of-this-test';

export interface TestServer extends Seeded {
  readonly server: Server;
  readonly poked: string[];
  stop(): Promise<void>;
}

export function startServer(options: Partial<ServerOptions> = {}): TestServer {
  const seeded = seedStore();
  const poked: string[] = [];
  const server = createServer({
    store: seeded.store,
    events: seeded.events,
    config: { host: '127.0.0.1', port: 0, tokens: [] },
    token: TOKEN,
    poke: (path) => void poked.push(path),
    version: '9.9.9',
    log: silentLog,
    ...options,
  });
  return {
    ...seeded,
    server,
    poked,
    async stop() {
      await server.close();
      seeded.close();
    },
  };
}

export const withToken = { authorization: `Bearer ${TOKEN}` };

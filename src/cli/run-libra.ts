/** What `libra watch` and `libra demo` share: the daemon, its HTTP server, and an orderly end. */
import { announceAddress } from '../api/address.ts';
import { createServer, type Server } from '../api/server.ts';
import { ensureToken } from '../api/token.ts';
import type { Config } from '../config/schema.ts';
import type { HeardEvent } from '../daemon/event-bus.ts';
import { type Daemon, type DaemonOptions, startDaemon } from '../daemon/start-daemon.ts';
import { apiTokensOf } from './api-tokens.ts';

export interface RunningLibra {
  readonly daemon: Daemon;
  /** Address of the API and the page. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface RunOptions extends Omit<DaemonOptions, 'onEvent'> {
  readonly config: Config;
  readonly version: string;
  readonly onEvent: (heard: HeardEvent) => void;
}

/** @throws LibraError when the daemon or its server cannot start; nothing is left running then */
export async function runLibra(options: RunOptions): Promise<RunningLibra> {
  const { config, env, log, clock, dataDirectory, version } = options;
  const daemon = await startDaemon(options);
  let server: Server | null = null;
  let takeBack = () => {};
  const stop = async () => {
    takeBack();
    await server?.close();
    await daemon.stop();
  };
  try {
    server = createServer({
      store: daemon.store,
      config: {
        host: config.server.host,
        port: config.server.port,
        publicUrl: config.server.public_url,
        tokens: apiTokensOf(config, env),
      },
      actions: daemon.actions,
      token: ensureToken(dataDirectory),
      events: daemon.bus,
      poke: daemon.poke,
      version,
      log,
      clock,
    });
    const url = await server.listen();
    takeBack = announceAddress(dataDirectory, url);
    daemon.setAddress(url);
    return { daemon, url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

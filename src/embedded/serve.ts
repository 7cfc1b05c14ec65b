/** `libra serve`: one checkpoint behind an OpenAI-compatible server, until a signal or the end of its parent. */
import { lstat, rm, stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { setPriority } from 'node:os';
import { basename, resolve } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { systemClock } from '../system/clock.ts';
import { loadEngine } from './engine.ts';
import { watchParent } from './parent.ts';
import { createHttpServer } from './server/http-server.ts';
import { Workload } from './server/workload.ts';

export interface ServeOptions {
  /** Path of a Unix socket to listen on; else a port. */
  readonly socket: string | null;
  /** Address to listen on when there is no socket; any but this machine's own asks for a key. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** What clients must send as Bearer; null asks for nothing. */
  readonly apiKey: string | null;
  /** Model id; the directory's name when null. */
  readonly servedModelName: string | null;
  readonly fingerprint: string | null;
  readonly threads: number | null;
  readonly maxModelLen: number | null;
  /** Base model of an adapter; null for the one its own configuration names. */
  readonly baseModel: string | null;
  readonly workDir: string | null;
  /** 0 to 19: how far this process stands back for others. */
  readonly nice: number;
  readonly parentPid: number | null;
  readonly exitWithStdin: boolean;
}

/** Printed as one JSON line on stdout once requests are answered. */
export interface ReadyLine {
  readonly ready: true;
  /** http://127.0.0.1:PORT or unix:PATH */
  readonly url: string;
  readonly model: string;
  readonly fingerprint: string | null;
  readonly max_model_len: number;
  readonly pid: number;
  /** Milliseconds from the start of the process. */
  readonly startup_ms: number;
}

/**
 * Loads the checkpoint and listens; resolves with what to print once it is ready. The process ends by signal.
 * @throws LibraError when the checkpoint cannot be served or the address is taken
 */
export async function serveCheckpoint(checkpoint: string, options: ServeOptions): Promise<ReadyLine> {
  if (options.nice > 0) setPriority(options.nice);
  requireKeyFor(options);
  const directory = resolve(checkpoint);
  await requireDirectory(directory);
  const end = (code: number) => {
    // Requests in flight are given up: whoever asked us to stop no longer wants them.
    if (options.socket === null) process.exit(code);
    void rm(options.socket, { force: true }).finally(() => process.exit(code));
  };
  process.once('SIGTERM', () => end(0));
  process.once('SIGINT', () => end(0));
  watchParent({ pid: options.parentPid, endsWithStdin: options.exitWithStdin }, () => end(0));

  const engine = await loadEngine(directory, {
    workDirectory: options.workDir,
    threads: options.threads,
    maxLength: options.maxModelLen,
    baseModel: options.baseModel,
  });
  const name = options.servedModelName ?? basename(directory);
  const startedAt = Math.floor(systemClock.now() / 1000);
  const server = createHttpServer(
    { engine, work: new Workload(engine), name, fingerprint: options.fingerprint, startedAt },
    { key: options.apiKey },
  );
  const url =
    options.socket === null ? await listenOnPort(server, options) : await listenOnSocket(server, options.socket);
  return {
    ready: true,
    url,
    model: name,
    fingerprint: options.fingerprint,
    max_model_len: engine.maxLength,
    pid: process.pid,
    startup_ms: Math.round(systemClock.monotonic()),
  };
}

/** What others can reach must not answer everyone. */
function requireKeyFor({ socket, host, apiKey }: ServeOptions): void {
  if (socket !== null || apiKey !== null || isLoopback(host)) return;
  throw new LibraError('LIBRA_USAGE', `others could use the model on ${host} without a key`, {
    hint: 'Give a key with LIBRA_ENGINE_KEY or --api-key file:/path, or keep the default host 127.0.0.1.',
  });
}

/** Only this machine reaches it. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

async function requireDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) return;
  throw new LibraError('LIBRA_DIRECTORY_MISSING', `${path} ${found === null ? 'does not exist' : 'is no directory'}`, {
    hint: 'Give the directory of one checkpoint: the one that holds config.json.',
  });
}

async function listenOnPort(server: Server, { host, port }: ServeOptions): Promise<string> {
  await listen(server, `${host} port ${port}`, () => server.listen(port, host));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('a port was asked for');
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}

/** Only this user may talk to the socket. One left by a dead server is replaced; a file of another kind is not. */
async function listenOnSocket(server: Server, path: string): Promise<string> {
  const old = await lstat(path).catch(() => null);
  if (old?.isSocket()) await rm(path, { force: true });
  const umask = process.umask(0o177);
  try {
    await listen(server, path, () => server.listen(path));
  } finally {
    process.umask(umask);
  }
  return `unix:${path}`;
}

function listen(server: Server, where: string, begin: () => void): Promise<void> {
  return new Promise((done, fail) => {
    server.once('listening', done).once('error', (cause: NodeJS.ErrnoException) => {
      const what = cause.code === 'EADDRINUSE' ? 'is in use' : `cannot be listened on (${cause.code ?? cause.message})`;
      fail(
        new LibraError('LIBRA_PORT_IN_USE', `${where} ${what}`, {
          hint: 'Choose another with --port or --socket; --port 0 takes a free one.',
          cause,
        }),
      );
    });
    begin();
  });
}

/** One file from a web server onto the disk: whole or not at all, and a transfer that broke off goes on where it stopped. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../domain/errors.ts';

export interface DownloadRequest {
  readonly url: string;
  /** Where the file goes; what has come so far stands beside it as `.part`. */
  readonly to: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly signal?: AbortSignal | undefined;
  /** Attempts after a broken connection. */
  readonly attempts?: number;
}

/** The server answered, but not with the file. */
export class DownloadRefused extends Error {
  override readonly name = 'DownloadRefused';
  readonly status: number;
  constructor(url: string, status: number) {
    super(`${url} answered ${status}`);
    this.status = status;
  }
}

/** @throws DownloadRefused, or an Error saying what broke */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  await mkdir(dirname(request.to), { recursive: true });
  const { attempts = 3 } = request;
  for (let attempt = 1; ; attempt++) {
    try {
      await transfer(request);
      return;
    } catch (error) {
      if (error instanceof DownloadRefused || attempt >= attempts || request.signal?.aborted) throw error;
    }
  }
}

async function transfer({ url, to, headers = {}, fetch, signal }: DownloadRequest): Promise<void> {
  const part = `${to}.part`;
  const note = `${to}.part.etag`;
  const known = await readFile(note, 'utf8').catch(() => '');
  const there = known === '' ? 0 : ((await stat(part).catch(() => null))?.size ?? 0);
  const range: Record<string, string> = there > 0 ? { range: `bytes=${there}-`, 'if-range': known } : {};
  const { reply, etag } = await follow(url, { ...headers, ...range, 'accept-encoding': 'identity' }, fetch, signal);
  if (reply.status === 416) {
    await rm(part, { force: true });
    await rm(note, { force: true });
    throw new Error(`${url}: what has come so far does not fit the file there`);
  }
  if (reply.status !== 200 && reply.status !== 206) throw new DownloadRefused(url, reply.status);
  const isContinued = reply.status === 206;
  const start = isContinued ? there : 0;
  await writeFile(note, etag);
  const length = reply.headers.get('content-length');
  const expected = length === null || reply.headers.get('content-encoding') ? null : start + Number(length);
  const file = await open(part, isContinued ? 'a' : 'w');
  let size = start;
  try {
    for await (const piece of reply.body ?? []) {
      await file.writeFile(piece);
      size += piece.length;
    }
    await file.sync();
  } catch (error) {
    throw new Error(`${url} broke off after ${size} bytes: ${messageOf(error)}`, { cause: error });
  } finally {
    await file.close();
  }
  if (expected !== null && size !== expected) throw new Error(`${url} broke off after ${size} of ${expected} bytes`);
  const digest = /^"?([0-9a-f]{64})"?$/.exec(etag)?.[1];
  if (digest !== undefined && digest !== (await sha256Of(part))) {
    await rm(part, { force: true });
    throw new Error(`${url}: what came is not what the server said it would send`);
  }
  await rename(part, to);
  await rm(note, { force: true });
}

const MOST_REDIRECTS = 5;

/** Follows redirects by hand: a key for one server is never shown to another. */
export async function follow(
  url: string,
  headers: Readonly<Record<string, string>>,
  fetch: DownloadRequest['fetch'],
  signal?: AbortSignal,
): Promise<{ readonly reply: Response; readonly etag: string }> {
  let at = new URL(url);
  let own: Record<string, string> = { ...headers };
  let etag = '';
  for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
    const reply = await fetch(at, { headers: own, redirect: 'manual', ...(signal === undefined ? {} : { signal }) });
    etag ||= reply.headers.get('x-linked-etag') ?? (isRedirect(reply) ? '' : (reply.headers.get('etag') ?? ''));
    const target = isRedirect(reply) ? reply.headers.get('location') : null;
    if (target === null) return { reply, etag };
    await reply.body?.cancel();
    const next = new URL(target, at);
    if (next.origin !== at.origin) {
      const { authorization: _key, ...others } = own;
      own = others;
    }
    at = next;
  }
  throw new Error(`${url} leads on and on`);
}

function isRedirect({ status }: Response): boolean {
  return status >= 301 && status <= 308 && status !== 304;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

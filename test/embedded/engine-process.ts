/** A real `libra serve` process and a client that can use a socket or a port. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type ClientRequest, request } from 'node:http';
import { fileURLToPath } from 'node:url';

const ENTRY = fileURLToPath(new URL('./serve-entry.ts', import.meta.url));

export interface Reply {
  readonly status: number;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into replies of every shape.
  readonly json: any;
}

export interface EngineProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  // biome-ignore lint/suspicious/noExplicitAny: the line printed when ready, as the process printed it.
  readonly ready: any;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** A string is sent as it is. */
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** A request that was sent and can be destroyed. */
  open(path: string, body: unknown): ClientRequest;
}

export function spawnServe(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', ENTRY, 'serve', ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

export async function startEngine(args: readonly string[], env: Record<string, string> = {}): Promise<EngineProcess> {
  const child = spawnServe(args, env);
  const ready = JSON.parse(await firstLine(child));
  const send = (method: string, path: string, headers: Record<string, string>) => {
    const { url } = ready as { url: string };
    const target = url.startsWith('unix:')
      ? { socketPath: url.slice(5) }
      : { host: '127.0.0.1', port: new URL(url).port };
    return request({ ...target, method, path, headers: { 'content-type': 'application/json', ...headers } });
  };
  return {
    child,
    ready,
    get: (path, headers = {}) => replyTo(send('GET', path, headers), ''),
    post: (path, body, headers = {}) =>
      replyTo(send('POST', path, headers), typeof body === 'string' ? body : JSON.stringify(body)),
    open: (path, body) => {
      const opened = send('POST', path, {});
      opened.on('error', () => {});
      opened.end(JSON.stringify(body));
      return opened;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await once(child, 'exit');
    },
  };
}

/** The first line of stdout; fails with stderr when the process ends before it. */
async function firstLine(child: ChildProcess): Promise<string> {
  let [out, complaint] = ['', ''];
  child.stderr?.on('data', (chunk) => {
    complaint += chunk;
  });
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      out += chunk;
      if (out.includes('\n')) resolve(out.split('\n')[0] ?? '');
    });
    child.once('exit', () => reject(new Error(complaint)));
  });
}

async function replyTo(sent: ClientRequest, body: string): Promise<Reply> {
  sent.end(body);
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const chunk of response) text += chunk;
  const isJson = String(response.headers['content-type']).startsWith('application/json');
  return { status: response.statusCode, text, json: isJson ? JSON.parse(text) : null };
}

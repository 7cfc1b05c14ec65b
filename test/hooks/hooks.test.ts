/** The hooks, run by the real python3, sh and curl against a real server. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findCommand, startProcess } from '../../src/system/process.ts';

const HOOKS = fileURLToPath(new URL('../../hooks/', import.meta.url));
const hasPython = findCommand('python3') !== null;
const hasCurl = findCommand('curl') !== null;
if (!hasPython) process.stderr.write('\nNOT TESTED: the Python hooks (there is no python3 here)\n\n');
if (!hasCurl) process.stderr.write('\nNOT TESTED: libra-notify.sh (there is no curl here)\n\n');

interface Told {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

let server: Server;
let told: Told[];
let answers: boolean;
let directory: string;

beforeEach(async () => {
  told = [];
  answers = true;
  directory = await mkdtemp(join(tmpdir(), 'libra-hooks-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      told.push({ url: request.url, authorization: request.headers.authorization, body: JSON.parse(body) });
      if (answers) response.writeHead(202, { 'content-type': 'application/json' }).end('{"status":"noted"}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(directory, { recursive: true });
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function run(command: string, args: readonly string[], env: Record<string, string | undefined> = {}) {
  const child = await startProcess({
    command,
    args,
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONPATH: HOOKS,
      LIBRA_URL: url(),
      ...env,
    },
  });
  return child.exited;
}

const python = (source: string, env: Record<string, string | undefined> = {}) => run('python3', ['-c', source], env);
const NOTIFY = 'from libra_notify import notify\n';

describe.skipIf(!hasPython)('libra_notify.py', () => {
  it('tells path and step with the token of the environment', async () => {
    const { code } = await python(`${NOTIFY}assert notify("out/checkpoint-5", step=5, wait=True)`, {
      LIBRA_TOKEN: 'secret',
    });
    expect(code).toBe(0);
    expect(told).toEqual([
      {
        url: '/api/v1/checkpoints/notify',
        authorization: 'Bearer secret',
        body: { path: join(directory, 'out/checkpoint-5'), step: 5 },
      },
    ]);
  });

  it('finds the token in the data directory', async () => {
    await writeFile(join(directory, 'token'), 'from-file\n');
    await python(`${NOTIFY}notify("a", wait=True)`, { LIBRA_DATA: directory });
    expect(told[0]?.authorization).toBe('Bearer from-file');
  });

  it('is a command too', async () => {
    expect((await run('python3', [join(HOOKS, 'libra_notify.py'), 'checkpoint-7', '7'])).code).toBe(0);
    expect(told[0]?.body).toEqual({ path: join(directory, 'checkpoint-7'), step: 7 });
    expect((await run('python3', [join(HOOKS, 'libra_notify.py')])).code).toBe(2);
  });

  it('ignores proxies for a daemon on this machine', async () => {
    await python(`${NOTIFY}assert notify("a", wait=True)`, {
      http_proxy: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:1',
    });
    expect(told).toHaveLength(1);
  });

  it('does not wait for an answer that never comes', async () => {
    answers = false;
    const source = `${NOTIFY}import time\nt=time.time()\nnotify("a")\nassert time.time()-t < 1\nt=time.time()\nassert notify("b", wait=True) is False\nassert 1 < time.time()-t < 6`;
    expect(await python(source)).toMatchObject({ code: 0 });
  });

  it.each([
    ['nobody listens', { LIBRA_URL: 'http://127.0.0.1:1' }, '"a"'],
    ['the address is nonsense', { LIBRA_URL: 'no address' }, '"a"'],
    ['the path is nonsense', {}, 'None'],
  ])('never raises, and says so once: %s', async (_name, env, path) => {
    const exit = await python(`${NOTIFY}for i in range(3): assert not notify(${path}, wait=True)`, env);
    expect(exit).toMatchObject({ code: 0 });
    expect(exit.lastLines.filter((line) => line.startsWith('libra_notify:'))).toHaveLength(1);
  });

  it.each([{ RANK: '3' }, { SLURM_PROCID: '1' }, { LOCAL_RANK: '2' }])('is silent on other ranks: %o', async (env) => {
    await python(`${NOTIFY}assert not notify("a", wait=True)`, env);
    expect(told).toEqual([]);
  });

  it('speaks on rank 0', async () => {
    await python(`${NOTIFY}notify("a", wait=True)`, { RANK: '0', LOCAL_RANK: '3' });
    expect(told).toHaveLength(1);
  });

  it('serves the callback of the Hugging Face Trainer', async () => {
    const source = `
import threading, types, hf_trainer
args = types.SimpleNamespace(output_dir="out")
def state(first): return types.SimpleNamespace(global_step=40, is_world_process_zero=first)
callback, control = hf_trainer.LibraCallback(), object()
assert callback.on_save(args, state(True), control, model=None) is control
assert callback.on_save(args, state(False), control) is control
for thread in threading.enumerate():
    if thread.name == "libra-notify": thread.join(5)
`;
    expect(await python(source)).toMatchObject({ code: 0, lastLines: [] });
    expect(told.map((one) => one.body)).toEqual([{ path: join(directory, 'out/checkpoint-40'), step: 40 }]);
  });
});

describe.skipIf(!hasCurl)('libra-notify.sh', () => {
  const script = join(HOOKS, 'libra-notify.sh');

  it('tells path and step, odd names and the token included', async () => {
    expect((await run('sh', [script, 'a "quoted" \\ name/checkpoint-9', '9'], { LIBRA_TOKEN: 'secret' })).code).toBe(0);
    expect(told).toMatchObject([
      { authorization: 'Bearer secret', body: { path: join(directory, 'a "quoted" \\ name/checkpoint-9'), step: 9 } },
    ]);
  });

  it('never fails, and is silent on other ranks', async () => {
    expect((await run('sh', [script, 'a'], { LIBRA_URL: 'http://127.0.0.1:1' })).code).toBe(0);
    expect((await run('sh', [script, 'a'], { RANK: '1' })).code).toBe(0);
    expect(told).toEqual([]);
  });
});

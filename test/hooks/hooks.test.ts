/** The hooks, run by the real python3, sh and curl against a real server. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PROOF_HEADER, proofOf } from '../../src/api/proof.ts';
import { findCommand } from '../../src/system/process.ts';
import { NODE, RUN } from '../api/seeded-store.ts';
import { startServer } from '../api/start-server.ts';
import { type Environment, HOOKS, hasPython, runHook } from './run-hook.ts';

const hasCurl = findCommand('curl') !== null;
if (!hasCurl) process.stderr.write('\nNOT TESTED: libra-notify.sh (there is no curl here)\n\n');

interface Told {
  readonly url: string | undefined;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

const TOKEN = 'a-token-of-thirty-two-characters-or-more';

let server: Server;
/** What was told, the question whether it is the daemon left out. */
let told: Told[];
let answers: boolean;
/** Whether it shows that it knows the token. */
let proves: boolean;
let asked: Told[];
let directory: string;

beforeEach(async () => {
  told = [];
  answers = true;
  proves = true;
  asked = [];
  directory = await mkdtemp(join(tmpdir(), 'libra-hooks-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { url = '', method = '', headers } = request;
      const said = { url, authorization: headers.authorization, body: body === '' ? null : JSON.parse(body) };
      (url === '/healthz' ? asked : told).push(said);
      if (!answers) return;
      const status = method === 'GET' ? 200 : 202;
      const answer = '{"status":"noted"}';
      const proof = proofOf({ nonce: headers['libra-nonce'], method, url, status, body: answer }, [TOKEN]);
      response.writeHead(status, { ...(proves && proof !== null ? { [PROOF_HEADER]: proof } : {}) }).end(answer);
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

const ours = () => ({ LIBRA_URL: url(), LIBRA_TOKEN: TOKEN });
const run = (command: string, args: readonly string[], env: Environment = {}) =>
  runHook(command, args, directory, { ...ours(), ...env });
const python = (source: string, env: Environment = {}) => run('python3', ['-c', source], env);
const NOTIFY = 'from libra_notify import notify\n';

describe.skipIf(!hasPython)('libra_notify.py', () => {
  it('tells path and step with the token of the environment', async () => {
    const { code } = await python(`${NOTIFY}assert notify("out/checkpoint-5", step=5, wait=True)`);
    expect(code).toBe(0);
    expect(told).toEqual([
      {
        url: '/api/v1/checkpoints/notify',
        authorization: `Bearer ${TOKEN}`,
        body: { path: join(directory, 'out/checkpoint-5'), step: 5 },
      },
    ]);
  });

  it('finds the token in the data directory', async () => {
    await writeFile(join(directory, 'token'), `${TOKEN}\n`);
    await python(`${NOTIFY}notify("a", wait=True)`, { LIBRA_DATA: directory, LIBRA_TOKEN: undefined });
    expect(told[0]?.authorization).toBe(`Bearer ${TOKEN}`);
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

describe.skipIf(!hasPython)('whom a hook believes', () => {
  it('who does not prove to know the token is neither told it nor believed', async () => {
    proves = false;
    const source = `
from libra_notify import intervene, notify, poll
assert not notify("a", wait=True)
assert poll("run") is None
assert not intervene("run", 5, "lr halved")
`;
    const exit = await python(source);
    expect(exit).toMatchObject({ code: 0 });
    expect(exit.lastLines.join()).toContain('does not prove to be the Libra of this token');
    expect(told).toEqual([]);
    expect(asked).toHaveLength(3);
    expect(asked.every(({ authorization }) => authorization === undefined)).toBe(true);
  });

  it('a proof made with another token is none', async () => {
    expect(await python(`${NOTIFY}assert not notify("a", wait=True)`, { LIBRA_TOKEN: `${TOKEN}x` })).toMatchObject({
      code: 0,
    });
    expect(told).toEqual([]);
  });

  it('gives up in time whatever the other side does', async () => {
    answers = false;
    const source = `
import time
from libra_notify import poll
t = time.time()
assert poll("run", timeout=1) is None
assert time.time() - t < 2
`;
    expect(await python(source)).toMatchObject({ code: 0 });
  });

  it('asks the real daemon what it knows of a run, and tells it what was changed', async () => {
    const daemon = startServer({ token: TOKEN });
    const address = await daemon.server.listen();
    try {
      const source = `
from libra_notify import intervene, poll
known = poll("${RUN}")
assert known["suggested_action"] in ("look", "roll_back"), known
assert known["open_alerts"][0]["members"][0]["capability"] == "${NODE}"
assert poll("no-such-run") is None
assert intervene("${RUN}", 900, "学习率减半", by="callback")
`;
      const exit = await python(source, { LIBRA_URL: address });
      expect(exit.lastLines.filter((line) => line.includes('Error'))).toEqual([]);
      expect(exit.code).toBe(0);
      expect(daemon.store.interventions.ofRun(RUN)).toMatchObject([{ step: 900, note: '学习率减半', by: 'callback' }]);
    } finally {
      await daemon.stop();
    }
  });
});

describe.skipIf(!hasCurl)('libra-notify.sh', () => {
  const script = join(HOOKS, 'libra-notify.sh');

  it('tells path and step, odd names and the token included', async () => {
    expect((await run('sh', [script, 'a "quoted" \\ name/checkpoint-9', '9'])).code).toBe(0);
    expect(told).toMatchObject([
      { authorization: `Bearer ${TOKEN}`, body: { path: join(directory, 'a "quoted" \\ name/checkpoint-9'), step: 9 } },
    ]);
  });

  it('does with curl alone', async () => {
    const alone = join(directory, 'libra-notify.sh');
    await copyFile(script, alone);
    expect((await run('sh', [alone, 'a "b"/checkpoint-3', '3'])).code).toBe(0);
    expect(told).toMatchObject([
      { authorization: `Bearer ${TOKEN}`, body: { path: join(directory, 'a "b"/checkpoint-3'), step: 3 } },
    ]);
    expect(asked).toEqual([]);
  });

  it('never fails, and is silent on other ranks', async () => {
    expect((await run('sh', [script, 'a'], { LIBRA_URL: 'http://127.0.0.1:1' })).code).toBe(0);
    expect((await run('sh', [script, 'a'], { RANK: '1' })).code).toBe(0);
    expect(told).toEqual([]);
  });
});

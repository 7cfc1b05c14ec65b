/** Real processes: trees that resist, orphans, logs, niceness. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngineRegistry } from '../../src/inference/engine-registry.ts';
import { systemClock } from '../../src/system/clock.ts';
import { findCommand, type RunningProcess, runTool, startProcess } from '../../src/system/process.ts';
import { identify, isAlive, type ProcessIdentity } from '../../src/system/process-tree.ts';
import { RUN_TYPESCRIPT } from '../fakes/start-fake-engine.ts';

const started: RunningProcess[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop(0)));
});

/** Runs a Node script and waits for its first lines. */
async function run(script: string, lines = 0, options: { niceness?: number; env?: NodeJS.ProcessEnv } = {}) {
  const said: string[] = [];
  let enough = () => {};
  const ready = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const child = await startProcess({
    command: process.execPath,
    args: ['-e', script],
    onLine: (line) => said.push(line) >= lines && enough(),
    ...options,
  });
  started.push(child);
  if (lines > 0) await Promise.race([ready, child.exited]);
  return { child, said };
}

async function gone(identity: ProcessIdentity): Promise<void> {
  const end = systemClock.monotonic() + 10_000;
  while (isAlive(identity) && systemClock.monotonic() < end) await systemClock.sleep(20);
}

const STUBBORN = 'process.on("SIGTERM",()=>{});setInterval(()=>{},1000);';

describe('startProcess', () => {
  it('keeps the last lines of both streams, carriage returns and split UTF-8 included', async () => {
    const { child, said } = await run(
      'process.stdout.write("loading 10%\\rloading 90%\\r\\n");const b=Buffer.from("天秤\\n");process.stderr.write(b.subarray(0,2));setTimeout(()=>{process.stderr.write(b.subarray(2));process.stdout.write("no newline at the end");process.exitCode=3},50)',
    );
    const exit = await child.exited;
    expect(exit.code).toBe(3);
    expect(said).toEqual(['loading 10%', 'loading 90%', '天秤', 'no newline at the end']);
    expect(exit.lastLines).toEqual(said);
  });

  it('bounds what it keeps', async () => {
    const child = await startProcess({
      command: process.execPath,
      args: ['-e', 'for(let i=0;i<5000;i++)console.log("line "+i);console.log("x".repeat(1e6))'],
      keepLines: 10,
    });
    const { lastLines } = await child.exited;
    expect(lastLines).toHaveLength(10);
    expect(lastLines[8]).toBe('line 4999');
    expect(lastLines[9]!.length).toBeLessThan(5000);
  });

  it('says what is missing when the command does not exist', async () => {
    await expect(startProcess({ command: 'no-such-engine', args: [] })).rejects.toMatchObject({
      code: 'LIBRA_ENGINE_NOT_READY',
      message: expect.stringContaining('no-such-engine'),
    });
  });

  it('runs with lower priority in all its threads', async () => {
    const { child, said } = await run('console.log(require("os").getPriority());setInterval(()=>{},1000)', 1, {
      niceness: 7,
    });
    expect(said[0]).toBe('7');
    expect(identify(child.pid).startTime).toBe(child.startTime);
    const threads = await import('node:fs').then((fs) => fs.readdirSync(`/proc/${child.pid}/task`));
    for (const thread of threads) {
      const stat = await readFile(`/proc/${child.pid}/task/${thread}/stat`, 'latin1');
      expect(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]).toBe('7');
    }
  });
});

describe('stop', () => {
  it('is gentle first: a process that obeys SIGTERM ends by itself', async () => {
    const { child } = await run(
      'process.on("SIGTERM",()=>process.exit(9));setInterval(()=>{},1000);console.log("up")',
      1,
    );
    expect(await child.stop(10_000)).toBe(true);
    expect((await child.exited).code).toBe(9);
  });

  it('ends the whole tree, also grandchildren that ignore SIGTERM and left the group', async () => {
    const grandchild = `const c=require("child_process").spawn(process.execPath,["-e",${JSON.stringify(STUBBORN)}],{detached:true,stdio:"ignore"});console.log(c.pid);`;
    const { child, said } = await run(`{${grandchild}}{${grandchild}}${STUBBORN}`, 2);
    const family = said.map((pid) => identify(Number(pid)));
    expect(family.every(isAlive)).toBe(true);
    expect(await child.stop(100)).toBe(true);
    expect(family.some(isAlive)).toBe(false);
    expect((await child.exited).signal).toBe('SIGKILL');
  });

  it('finds what is left when the leader has died before', async () => {
    // The child leaves the session, so that neither parent nor group lead to it any more.
    const script = `const c=require("child_process").spawn(process.execPath,["-e",${JSON.stringify(STUBBORN)}],{detached:true,stdio:"ignore"});c.unref();console.log(c.pid)`;
    const { child, said } = await run(script, 1);
    await child.exited;
    const orphan = identify(Number(said[0]));
    expect(isAlive(orphan)).toBe(true);
    expect(await child.stop(50)).toBe(true);
    expect(isAlive(orphan)).toBe(false);
  });

  it('ends a stopped process', async () => {
    const { child } = await run('setInterval(()=>{},1000);console.log("up")', 1);
    process.kill(child.pid, 'SIGSTOP');
    expect(await child.stop(50)).toBe(true);
  });

  it('never touches a stranger who got the same pid', () => {
    expect(isAlive({ pid: process.pid, startTime: 1 })).toBe(false);
  });
});

/** A process that launches an engine as the daemon does, killed with SIGKILL as soon as the engine is up. */
async function orphanEngine(directory: string, engine: string): Promise<ProcessIdentity[]> {
  const source = fileURLToPath(new URL('../../src/inference/', import.meta.url));
  const daemon = join(directory, 'daemon.ts');
  await writeFile(
    daemon,
    `import { createLocalLauncher } from ${JSON.stringify(`${source}launchers/local.ts`)};
import { openEngineRegistry } from ${JSON.stringify(`${source}engine-registry.ts`)};
const log = { debug() {}, info() {}, warn() {}, error() {} };
const launcher = createLocalLauncher({ registry: openEngineRegistry(${JSON.stringify(join(directory, 'engines.json'))}), log });
const command = { command: process.execPath, args: ['-e', ${JSON.stringify(engine)}], env: {}, base: 'unix:none' };
const onLine = (line) => console.log(line);
launcher.launch(command, { workDirectory: ${JSON.stringify(directory)}, niceness: 0, onLine }).then(() => console.log('launched'));
setInterval(() => {}, 1000);
`,
  );
  const said: string[] = [];
  let enough = () => {};
  const ready = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const parent = await startProcess({
    command: process.execPath,
    args: [...RUN_TYPESCRIPT, daemon],
    onLine: (line) => said.push(line) >= 2 && enough(),
  });
  await Promise.race([ready, parent.exited]);
  const pids =
    said
      .find((line) => line.startsWith('engine '))
      ?.split(' ')
      .slice(1) ?? [];
  const family = pids.map((pid) => identify(Number(pid)));
  expect(family.length > 0 && family.every(isAlive)).toBe(true);
  process.kill(parent.pid, 'SIGKILL');
  await gone(parent);
  return family;
}

describe('kill -9 of the parent', () => {
  it('ends an engine that watches its stdin', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'libra-orphan-'));
    const [engine] = await orphanEngine(
      directory,
      'process.stdin.resume().on("end",()=>process.exit());console.log("engine",process.pid)',
    );
    await gone(engine!);
    expect(isAlive(engine!)).toBe(false);
    await rm(directory, { recursive: true });
  });

  it('ends an engine that knows nothing of its parent, where the system can tell it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'libra-orphan-'));
    const [engine] = await orphanEngine(directory, 'setInterval(()=>{},1000);console.log("engine",process.pid)');
    if (findCommand('setpriv') !== null) {
      await gone(engine!);
      expect(isAlive(engine!)).toBe(false);
    }
    await openEngineRegistry(join(directory, 'engines.json')).endLeftovers();
    expect(isAlive(engine!)).toBe(false);
    await rm(directory, { recursive: true });
  });

  it('leaves an engine that the registry finds and ends, with its tree, and nothing else', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'libra-orphan-'));
    const engine = `${STUBBORN}const c=require("child_process").spawn(process.execPath,["-e",${JSON.stringify(STUBBORN)}],{detached:true,stdio:"ignore"});console.log("engine",process.pid,c.pid)`;
    const { child: stranger } = await run('setInterval(()=>{},1000);console.log("up")', 1);
    const family = await orphanEngine(directory, engine);
    expect(family).toHaveLength(2);
    expect(family.every(isAlive)).toBe(true);

    const registry = openEngineRegistry(join(directory, 'engines.json'));
    const ended = await registry.endLeftovers();
    expect(ended.map((entry) => entry.pid)).toEqual([family[0]!.pid]);
    expect(family.some(isAlive)).toBe(false);
    expect(isAlive(stranger)).toBe(true);
    expect(await registry.endLeftovers()).toEqual([]);
    await rm(directory, { recursive: true });
  });

  it('does not touch a process whose start time does not match the entry', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'libra-registry-'));
    const { child } = await run('setInterval(()=>{},1000);console.log("up")', 1);
    const registry = openEngineRegistry(join(directory, 'engines.json'));
    await registry.announce('a-mark', 'vllm', []);
    await registry.started('a-mark', { pid: child.pid, startTime: (child.startTime ?? 0) - 100 });
    expect(await registry.endLeftovers()).toEqual([]);
    expect(isAlive(child)).toBe(true);
    await writeFile(join(directory, 'engines.json'), '[{"half');
    expect(await registry.endLeftovers()).toEqual([]);
    await rm(directory, { recursive: true });
  });
});

describe('tools', () => {
  it('are looked up on PATH and run to their end', async () => {
    expect(findCommand('no-such-tool')).toBeNull();
    expect(await runTool('no-such-tool', [])).toBeNull();
    expect(await runTool(process.execPath, ['-e', 'console.log(1);process.exit(4)'])).toMatchObject({
      code: 4,
      stdout: '1\n',
    });
    expect(await runTool(process.execPath, ['-e', 'setInterval(()=>{},1000)'], { timeoutMs: 200 })).toMatchObject({
      code: null,
    });
  });
});

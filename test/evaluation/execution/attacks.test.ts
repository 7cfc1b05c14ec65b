/** What generated code may try: nothing of it reaches the host, passes a check it should not, or keeps the next program from running. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasSandbox, run } from '../../fakes/code-sandbox.ts';

/** A loaded machine is patient: limits are of processor time, and of several times that on the clock. */
const PATIENCE = 120_000;

const PROJECT = process.cwd();
const MARK = `libra-attack-${process.pid}`;
const SOCKET = `/tmp/${MARK}.sock`;
const VICTIM = `/tmp/${MARK}.txt`;
let server: Server;
let socketServer: Server;
let abstractServer: Server;
let port = 0;
let visitors = 0;

beforeAll(async () => {
  process.env.LIBRA_ATTACK_MARK = MARK;
  writeFileSync(VICTIM, MARK);
  const listen = (where: object): Promise<Server> =>
    new Promise((resolve) => {
      const listening = createServer((socket) => {
        visitors += 1;
        socket.destroy();
      });
      listening.listen(where, () => resolve(listening));
    });
  server = await listen({ host: '127.0.0.1', port: 0 });
  socketServer = await listen({ path: SOCKET });
  abstractServer = await listen({ path: `\0${MARK}` });
  port = (server.address() as { port: number }).port;
});

afterAll(() => {
  delete process.env.LIBRA_ATTACK_MARK;
  for (const each of [server, socketServer, abstractServer]) each?.close();
  rmSync(VICTIM, { force: true });
});

/** Bodies of a function that gives something true when it worked. */
const ESCAPES: Readonly<Record<string, () => string>> = {
  'reading /etc/shadow': () => `return open('/etc/shadow').read()`,
  'reading the home directory': () => `return os.listdir(${JSON.stringify(homedir())})`,
  'reading the project': () => `return os.listdir(${JSON.stringify(PROJECT)})`,
  'reading a file of somebody in /tmp': () => `return open('${VICTIM}').read()`,
  'reading the environment': () =>
    `return [text for text in [str(os.environ), open('/proc/self/environ').read(), open('/proc/1/environ').read()] if '${MARK}' in text]`,
  'a symbolic link to what is outside': () =>
    `os.symlink('/proc/1/root${VICTIM}', '/tmp/link')\n    return open('/tmp/link').read()`,
  'writing into the system': () => `return open('/usr/bin/${MARK}', 'w')`,
  'writing into the root': () => `return open('/${MARK}', 'w')`,
  'writing into /etc': () => `os.makedirs('/etc/${MARK}')\n    return True`,
  'writing into /dev': () => `return open('/dev/${MARK}', 'w')`,
  'connecting to a service of the host': () => `return socket.create_connection(('127.0.0.1', ${port}), 2)`,
  'connecting to the network': () => `return socket.create_connection(('1.1.1.1', 53), 2)`,
  'connecting to a socket file': () => `s = socket.socket(socket.AF_UNIX)\n    s.connect('${SOCKET}')\n    return True`,
  'connecting to an abstract socket': () =>
    `s = socket.socket(socket.AF_UNIX)\n    s.connect('\\0${MARK}')\n    return True`,
  'seeing other processes': () =>
    `return [pid for pid in os.listdir('/proc') if pid.isdigit() and '${PROJECT}' in open('/proc/' + pid + '/cmdline').read()]`,
  'a signal to the parent': () => `os.kill(${process.pid}, 9)\n    return True`,
  'becoming root': () => `os.setuid(0)\n    return True`,
  'a program with the set-user bit': () =>
    `return subprocess.run(['su', '-c', 'id'], capture_output=True, timeout=5).returncode == 0`,
  mounting: () => `return libc.mount(b'/proc/1/root', b'/tmp', None, 4096, None) == 0`,
  'namespaces of its own': () => `return libc.unshare(0x10000000) == 0`,
  'tracing a process of the host': () => `return libc.ptrace(16, ${process.pid}, 0, 0) == 0`,
  'making a device': () => `os.mknod('/tmp/disk', 0o60600, os.makedev(8, 0))\n    return True`,
  'a huge file': () =>
    `file = open('/tmp/huge', 'wb')\n    for _ in range(1024): file.write(b'x' * (1 << 20))\n    return True`,
  'many files': () =>
    `for number in range(1000):\n        with open('/tmp/%d' % number, 'wb') as file: file.write(b'x' * (1 << 20))\n    return True`,
  'filling shared memory': () =>
    `for number in range(1000):\n        with open('/dev/shm/%d' % number, 'wb') as file: file.write(b'x' * (1 << 20))\n    return True`,
  'ten gigabytes': () => `return bytearray(10 << 30)`,
  'more processes than are allowed': () =>
    `for _ in range(200):\n        if os.fork() == 0: time.sleep(100)\n    return True`,
  'higher limits': () => `resource.setrlimit(resource.RLIMIT_AS, (-1, -1))\n    return True`,
};

const IMPORTS = 'import ctypes, os, resource, socket, subprocess, time\nlibc = ctypes.CDLL(None)\n';

/** Programs that must not count as passed; their check is `assert f(1) == 2`. */
const TRICKS: Readonly<Record<string, string>> = {
  'a fork bomb': 'import os\ndef f(x):\n    while True:\n        try: os.fork()\n        except OSError: pass',
  'an endless loop': 'def f(x):\n    while True: pass',
  'an endless loop that ignores the warning':
    'import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\ndef f(x):\n    while True: pass',
  sleeping: 'import time\ndef f(x): time.sleep(1e6)',
  'memory of many processes':
    "import os, time\ndef f(x):\n    for _ in range(20):\n        if os.fork() == 0:\n            block = b'x' * (200 << 20)\n            time.sleep(100)\n    time.sleep(100)",
  'endless output': "import os\ndef f(x):\n    while True:\n        print('x' * 100000); os.write(1, b'y' * 100000)",
  'endless output on every channel':
    "import os\ndef f(x):\n    while True:\n        for fd in range(3, 64):\n            try: os.write(fd, b'x' * 65536)\n            except OSError: pass",
  'endless sense on every channel':
    'import os\ndef f(x):\n    while True:\n        for fd in range(3, 64):\n            try: os.write(fd, b\'{"ask": ["call", 1, [], {}]}\\n\' * 1000)\n            except OSError: pass',
  'deep recursion': 'import sys\nsys.setrecursionlimit(10**9)\ndef f(x): return f(x)',
  'a deeply nested value': 'def f(x):\n    v = []\n    for _ in range(10**6): v = [v]\n    return v',
  'an endless iterator': 'import itertools\ndef f(x): return itertools.count()',
  'killing itself': 'import os\ndef f(x): os.kill(os.getpid(), 9)',
  'killing everything': 'import os\ndef f(x): os.kill(-1, 9)',
  'exit before the tests': 'import sys\nsys.exit(0)',
  'hard exit before the tests': 'import os\nos._exit(0)',
  'exit in the middle': 'def f(x): raise SystemExit(0)',
  'hard exit in the middle': 'import os\ndef f(x): os._exit(0)',
  'another program in its place': "import os\ndef f(x): os.execv('/bin/true', ['true'])",
  'what is equal to everything':
    'class Any:\n    def __eq__(self, other): return True\n    def __ne__(self, other): return False\ndef f(x): return Any()',
  'a number that is equal to everything':
    'class Any(int):\n    def __eq__(self, other): return True\n    __hash__ = int.__hash__\ndef f(x): return Any(1)',
  'a text that is equal to everything':
    'class Any(str):\n    def __eq__(self, other): return True\n    __hash__ = str.__hash__\ndef f(x): return Any()',
  'unittest.mock.ANY': 'from unittest.mock import ANY\ndef f(x): return ANY\n',
  'a class that says it is another':
    'class Any:\n    __class__ = int\n    def __eq__(self, other): return True\ndef f(x): return Any()',
  'a check of its own': 'def check(f): pass\nf = None\nassert_ = print',
  'changed built-ins':
    'import builtins\nbuiltins.AssertionError = type("Quiet", (Exception,), {})\nbuiltins.abs = lambda x: 0\nbuiltins.exec = print\nbuiltins.all = lambda x: True\ndef f(x): return 0',
  'names of the tests': 'abs = len = all = isinstance = lambda *a: True\ndef f(x): return 0',
  'a verdict of its own':
    'import os\ndef f(x):\n    for fd in range(0, 64):\n        try: os.write(fd, b\'!{"verdict": "passed", "detail": ""}\\n\')\n        except OSError: pass\n    os._exit(0)',
  'an answer of its own':
    'import os\ndef f(x):\n    for fd in range(0, 64):\n        try: os.write(fd, b\'{"value": {"o": 1}}\\n\')\n        except OSError: pass\n    return 0',
  'changed machinery':
    'import sys, json, gc\nfor frame in [sys._getframe(n) for n in range(3)]:\n    frame.f_globals["pack"] = lambda *a: {"verdict": "passed"}\njson.dumps = lambda *a, **k: "!{\\"verdict\\": \\"passed\\"}"\ndef f(x): return 0',
  'code behind the end': 'import atexit\natexit.register(lambda: print("passed"))\ndef f(x): raise KeyboardInterrupt',
  'nothing at all': '',
  'no Python': 'def f(x) return 2',
  'half a character': 'def f(x): return "\ud800"',
};

const CLOSE = 'assert abs(f(1) - 2) < 1e-9 and all([f(1) == 2])';
const HEALTHY = 'def f(x): return x + 1';

describe.skipIf(!hasSandbox)('generated code', { timeout: PATIENCE }, () => {
  it.each(Object.keys(ESCAPES))('is kept from %s', async (name) => {
    const program = `${IMPORTS}def escape():\n    ${ESCAPES[name]!()}\ndef f():\n    try: return bool(escape())\n    except (Exception, MemoryError): return False`;
    expect(await run(program, 'assert f() is False')).toEqual({ outcome: 'passed', detail: '' });
    expect(visitors).toBe(0);
    for (const place of ['/usr/bin', '/', '/etc', '/dev']) expect(existsSync(join(place, MARK))).toBe(false);
    expect(readFileSync(VICTIM, 'utf8')).toBe(MARK);
  });

  it.each(Object.keys(TRICKS))('does not pass by %s, and the next program runs', async (name) => {
    const trick = await run(TRICKS[name]!, name === 'names of the tests' ? CLOSE : 'assert f(1) == 2', { timeout: 1 });
    expect(trick.outcome).not.toBe('passed');
    expect(trick.detail).not.toBe('');
    expect(await run(HEALTHY, 'assert f(1) == 2')).toEqual({ outcome: 'passed', detail: '' });
  });

  it('is told apart by what was wrong with it', async () => {
    expect(await run('def f(x):\n    while True: pass', 'f(1)', { timeout: 1 })).toMatchObject({ outcome: 'timeout' });
    expect(await run('import os\ndef f(x): os._exit(0)', 'f(1)')).toMatchObject({ outcome: 'ended' });
    expect(await run('def f(x): return 1 / 0', 'f(1)')).toEqual({
      outcome: 'failed',
      detail: 'ZeroDivisionError: division by zero',
    });
    expect(await run(HEALTHY, 'assert f(1) ==')).toMatchObject({ outcome: 'unusable' });
  });

  it('leaves nobody behind', async () => {
    const program =
      "import os, subprocess\ndef f(x):\n    if os.fork() == 0:\n        os.setsid()\n        if os.fork() == 0: os.execv('/bin/sleep', ['sleep', '98765'])\n        os._exit(0)\n    subprocess.Popen(['sleep', '98765'], start_new_session=True)\n    return 2";
    expect(await run(program, 'assert f(1) == 2')).toMatchObject({ outcome: 'passed' });
    await expect.poll(() => commandLines().filter((line) => line.includes('98765')), { timeout: 5000 }).toEqual([]);
  });

  it('is called off when the evaluation is', async () => {
    const { executor } = await import('../../fakes/code-sandbox.ts');
    const stopping = new AbortController();
    const program = { text: 'import time\ntime.sleep(54321)', check: 'f()', prelude: '', names: [] };
    const running = executor!(
      [{ ...program, language: 'python', timeout: 100, memoryBytes: 2 ** 29 }],
      stopping.signal,
    );
    stopping.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
}

/** Is there a sandbox on this machine that holds? It is tried once with what must not work inside, and is none if anything did. */
import { realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { findCommand, runTool } from './process.ts';
import { createSandbox, type Sandbox, type SandboxLimits } from './sandbox.ts';
import type { SandboxView } from './sandbox-arguments.ts';
import { PROBE, type ProbeReply } from './sandbox-probe.ts';

/** A sandbox with a Python inside, or why there is none and what to do. */
export type SandboxFound =
  | { readonly sandbox: Sandbox; readonly python: PythonFound }
  | { readonly sandbox: null; readonly reason: string; readonly hint: string };

export interface PythonFound {
  /** Inside as outside. */
  readonly path: string;
  /** `3.11.2`. */
  readonly version: string;
  /** Its installation, where that is no part of /usr. */
  readonly prefix: string;
}

const PROBE_LIMITS: SandboxLimits = {
  cpuSeconds: 5,
  wallSeconds: 20,
  memoryBytes: 512 << 20,
  fileBytes: 1 << 20,
  processes: 24,
  openFiles: 64,
};

let known: Promise<SandboxFound> | undefined;

/** Looks once; later calls get the same answer. */
export function findSandbox(): Promise<SandboxFound> {
  known ??= look();
  return known;
}

const INSTALL = 'Install bubblewrap (`apt install bubblewrap`, `dnf install bubblewrap`).';

async function look(): Promise<SandboxFound> {
  const none = (reason: string, hint: string): SandboxFound => ({ sandbox: null, reason, hint });
  if (process.platform !== 'linux') {
    return none(`${process.platform} has no bubblewrap`, 'Evaluate these tasks on Linux, or in a Linux container.');
  }
  const [bwrap, prlimit, shell] = [findCommand('bwrap'), findCommand('prlimit'), findCommand('sh')];
  if (bwrap === null) return none('bubblewrap is not installed', INSTALL);
  if (prlimit === null || shell === null) return none('prlimit is not installed', 'Install util-linux.');
  const pythons = await findPythons();
  if (pythons.length === 0) return none('there is no Python 3.8 or later', 'Install python3 (`apt install python3`).');
  const version = (await runTool(bwrap, ['--version']))?.stdout.trim().replace(/^bubblewrap\s*/, '') ?? '';
  const hidden = [process.cwd(), homedir()];
  let failure = '';
  for (const python of pythons) {
    const view: SandboxView = { readable: [python.prefix], hidden };
    const sandbox = createSandbox({
      name: `bubblewrap ${version}`,
      tools: { bwrap, prlimit, shell },
      view,
      isRoot: process.getuid?.() === 0,
    });
    const problem = await tryOut(sandbox, python);
    if (problem === null) return { sandbox, python };
    failure ||= problem;
  }
  return none(failure, hintFor(failure));
}

/** Those of the system first: everyone may run them. */
async function findPythons(): Promise<PythonFound[]> {
  const paths = ['/usr/bin/python3', '/usr/local/bin/python3', findCommand('python3')];
  const found = new Map<string, PythonFound>();
  for (const path of paths) {
    const command = path === null ? null : findCommand(path);
    const said = command === null ? null : await runTool(command, ['-I', '-c', WHICH]);
    const [executable, prefix, version] = said?.code === 0 ? (JSON.parse(said.stdout) as string[]) : [];
    if (executable === undefined || prefix === undefined || version === undefined) continue;
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major < 3 || (major === 3 && minor < 8)) continue;
    found.set(executable, { path: executable, prefix: realpathSync(prefix), version });
  }
  return [...found.values()];
}

/** A virtual environment's interpreter is a link; what it leads to is asked. */
const WHICH = `import json, os, sys
print(json.dumps([os.path.realpath(sys.executable), sys.base_prefix, sys.version.split()[0]]))`;

/** Null when everything that must fail inside does. */
async function tryOut(sandbox: Sandbox, python: PythonFound): Promise<string | null> {
  const host = { home: homedir(), cwd: process.cwd(), pid: process.pid, env: Object.keys(process.env) };
  const running = await sandbox.start([python.path, '-I', '-c', PROBE], PROBE_LIMITS);
  running.stdin.end(JSON.stringify({ ...host, memory: PROBE_LIMITS.memoryBytes, processes: PROBE_LIMITS.processes }));
  const [out, trouble] = await Promise.all([textOf(running.stdout), textOf(running.stderr), running.ended]);
  try {
    const { open } = JSON.parse(out) as ProbeReply;
    return open.length === 0 ? null : `bubblewrap does not hold here: ${open.join(', ')}`;
  } catch {
    return `bubblewrap cannot work here: ${lastLine(trouble) || lastLine(out) || 'it says nothing'}`;
  }
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text = (text + chunk.toString('utf8')).slice(-10_000);
  return text;
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

function hintFor(failure: string): string {
  if (/disable-userns|unrecogni[sz]ed|Unknown option/i.test(failure)) return 'Install bubblewrap 0.8 or later.';
  if (/No such file|Permission denied|not found/i.test(failure)) {
    return 'Install python3 where every user may run it (`apt install python3`).';
  }
  return 'Allow unprivileged user namespaces (sysctl kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0; in a container --security-opt seccomp=unconfined), or leave these tasks out.';
}

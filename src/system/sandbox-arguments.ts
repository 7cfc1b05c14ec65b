/** What a sandboxed process sees and may use, as the command line of bubblewrap. Pure but for a look at the system's directories. */
import { existsSync, lstatSync, readlinkSync } from 'node:fs';
import { dirname, relative } from 'node:path';

export interface SandboxLimits {
  /** Seconds of processor time, whole, of each process. */
  readonly cpuSeconds: number;
  /** Seconds from start to the end of everything. */
  readonly wallSeconds: number;
  /** Address space of each process, and resident memory of all together. */
  readonly memoryBytes: number;
  /** Largest file; the working directory, which lies in memory, holds four of them. */
  readonly fileBytes: number;
  /** Processes and threads at the same time. */
  readonly processes: number;
  readonly openFiles: number;
}

export interface SandboxTools {
  readonly bwrap: string;
  readonly prlimit: string;
  readonly shell: string;
}

export interface SandboxView {
  /** Directories beside the system's own that may be read, where the interpreter lives. */
  readonly readable: readonly string[];
  /** Paths that must not be seen even where they lie inside of a system directory. */
  readonly hidden: readonly string[];
}

const SYSTEM = ['/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
/** Inside of /usr, but not the system's. */
const NOT_SYSTEM = ['/usr/src', '/usr/home', '/usr/local/src'];

/** Nobody: an id that owns no file. */
export const NOBODY = 65_534;

/**
 * The whole environment: nothing of ours goes in. Threads of numerical libraries would each take their share of the processes.
 */
const ENVIRONMENT = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  LANG: 'C.UTF-8',
  HOME: '/tmp',
  PYTHONHASHSEED: '0',
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
};

/** @returns arguments of the shell that starts the program inside */
export function sandboxArguments(
  { bwrap, prlimit }: SandboxTools,
  { readable, hidden }: SandboxView,
  limits: SandboxLimits,
  program: readonly string[],
): string[] {
  const { cpuSeconds, memoryBytes, fileBytes, processes, openFiles } = limits;
  return [
    '-c',
    // The first to go when memory runs out, and the last to get a core.
    'echo 1000 >/proc/self/oom_score_adj; nice=$(command -v nice) && exec "$nice" -n 10 "$@"; exec "$@"',
    'sandbox',
    bwrap,
    ...['--unshare-all', '--unshare-user', '--unshare-cgroup-try', '--disable-userns'],
    ...['--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...['--uid', String(NOBODY), '--gid', String(NOBODY), '--hostname', 'sandbox', '--clearenv'],
    ...Object.entries(ENVIRONMENT).flatMap(([name, value]) => ['--setenv', name, value]),
    ...['--ro-bind', '/usr', '/usr'],
    ...SYSTEM.flatMap(systemDirectory),
    ...['--ro-bind-try', '/etc/ld.so.cache', '/etc/ld.so.cache'],
    ...['--ro-bind-try', '/etc/alternatives', '/etc/alternatives'],
    ...readable.filter((path) => !isBelow(path, '/usr')).flatMap((path) => ['--ro-bind', path, path]),
    ...[...NOT_SYSTEM, ...hidden]
      .filter((path) => isInside(path, ['/usr', ...readable]) && existsSync(path))
      .flatMap((path) => ['--size', '4096', '--tmpfs', path, '--remount-ro', path]),
    ...['--proc', '/proc', '--dev', '/dev', '--remount-ro', '/dev'],
    ...['--size', String(fileBytes), '--tmpfs', '/dev/shm'],
    ...['--size', String(4 * fileBytes), '--tmpfs', '/tmp', '--chdir', '/tmp', '--remount-ro', '/'],
    ...['--', prlimit, `--cpu=${cpuSeconds}:${cpuSeconds + 1}`, `--as=${memoryBytes}`, `--fsize=${fileBytes}`],
    ...[`--nproc=${processes}`, `--nofile=${openFiles}`, '--core=0', '--', ...program],
  ];
}

/** /bin is a link into /usr on some systems and a directory on others. */
function systemDirectory(path: string): string[] {
  if (!existsSync(path)) return [];
  return lstatSync(path).isSymbolicLink()
    ? ['--symlink', readlinkSync(path).replace(/^\//, relativeRoot(path)), path]
    : ['--ro-bind', path, path];
}

function relativeRoot(path: string): string {
  const up = relative(dirname(path), '/');
  return up === '' ? '' : `${up}/`;
}

/** Below one of them, and above none: what the interpreter needs stays. */
function isInside(path: string, seen: readonly string[]): boolean {
  return seen.some((directory) => isBelow(path, directory)) && !seen.some((directory) => isBelow(directory, path));
}

function isBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

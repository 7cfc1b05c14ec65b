/** The only door to child processes: start one in its own group, keep the end of its log, stop it with its whole tree. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { accessSync, constants, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { LibraError, messageOf } from '../domain/errors.ts';
import { type Clock, systemClock } from './clock.ts';
import { readLines } from './lines.ts';
import { findTree, identify, isAlive, PROCESS_MARK, type ProcessIdentity, signalProcess } from './process-tree.ts';

export interface ProcessSpec {
  /** A path, or a name looked up on PATH. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** The whole environment; this process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Scheduling niceness, 0 (ours) to 19 (only what nobody else wants). */
  readonly niceness?: number;
  /** Where the system can, it is told to end (SIGTERM) when this process dies in any way; others keep to their stdin or are found later. */
  readonly endsWithUs?: boolean;
  /** See RunningProcess.mark; made up when not given. */
  readonly mark?: string;
  /** Lines of output kept for error messages; 200 by default. */
  readonly keepLines?: number;
  /** Every line of stdout and stderr as it comes. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
  readonly clock?: Clock;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last lines it wrote, oldest first. */
  readonly lastLines: readonly string[];
}

export interface RunningProcess extends ProcessIdentity {
  /** Inherited by all its descendants in their environment (see process-tree.ts). */
  readonly mark: string;
  /** Resolves once the leader has ended, whatever ended it. */
  readonly exited: Promise<ProcessExit>;
  readonly isRunning: () => boolean;
  readonly lastLines: () => readonly string[];
  /**
   * Ends the whole tree: SIGTERM, `graceMs` (5 s) to obey, then SIGKILL, also for descendants that left the process group.
   * @returns false if something could not be ended (a process in uninterruptible sleep). Calling it again is harmless.
   */
  readonly stop: (graceMs?: number) => Promise<boolean>;
}

/** Leaders that still run, so that nothing outlives an orderly exit of this process. */
const running = new Set<number>();
let cleansUpAtExit = false;

/**
 * Starts a process in a session of its own. Its stdin is a pipe that closes when this process dies in any way, which a child can watch.
 * @throws LibraError LIBRA_ENGINE_NOT_READY when the command does not exist or cannot be started
 */
export async function startProcess(spec: ProcessSpec): Promise<RunningProcess> {
  const clock = spec.clock ?? systemClock;
  const environment = spec.env ?? process.env;
  const command = findCommand(spec.command, environment.PATH);
  if (command === null) throw cannotStart(spec.command, 'it was not found on PATH');
  const mark = spec.mark ?? randomUUID();
  const niceness = spec.niceness ?? 0;
  const nice = niceness > 0 ? findCommand('nice', process.env.PATH) : null;
  const setpriv = spec.endsWithUs === true ? await findSetpriv() : null;
  // Both replace themselves with the command: niceness is in force before the first thread exists (setpriority reaches one thread only).
  const [file = command, ...args] = [
    ...(nice === null ? [] : [nice, '-n', String(niceness)]),
    ...(setpriv === null ? [] : [setpriv, '--pdeathsig', 'TERM']),
    command,
    ...spec.args,
  ];
  const child = spawn(file, [...args], {
    cwd: spec.cwd,
    env: { ...environment, [PROCESS_MARK]: mark },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const keepLines = spec.keepLines ?? 200;
  for (const stream of ['stdout', 'stderr'] as const) {
    readLines(child[stream]!, (line) => {
      lines.push(line);
      if (lines.length > keepLines) lines.shift();
      spec.onLine?.(line, stream);
    });
  }
  child.stdin?.on('error', () => {});
  await spawned(child, spec.command);
  const identity = identify(child.pid!);
  if (niceness > 0) lowerAutogroup(identity.pid, niceness);
  rememberUntilExit(identity.pid);
  const exited = exitOf(child, clock, () => [...lines]);
  void exited.then(() => running.delete(identity.pid));
  return {
    ...identity,
    mark,
    exited,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    lastLines: () => [...lines],
    stop: (graceMs = 5000) => stopTree(identity, mark, graceMs, clock),
  };
}

let knownSetpriv: Promise<string | null> | undefined;

/** util-linux's program that asks the kernel for a signal at the parent's death (prctl PR_SET_PDEATHSIG); older ones cannot. */
function findSetpriv(): Promise<string | null> {
  knownSetpriv ??= (async () => {
    const path = findCommand('setpriv', process.env.PATH);
    const help = path === null ? null : await runTool(path, ['--help']);
    return help?.stdout.includes('--pdeathsig') ? path : null;
  })();
  return knownSetpriv;
}

/** SIGTERM, grace, SIGKILL for everything that belongs to the leader or carries the mark. See RunningProcess.stop. */
export async function stopTree(
  leader: ProcessIdentity | null,
  mark: string | null,
  graceMs: number,
  clock: Clock = systemClock,
): Promise<boolean> {
  const members = new Map<number, ProcessIdentity>();
  const gather = async () => {
    if (leader !== null && isAlive(leader)) members.set(leader.pid, leader);
    for (const member of await findTree(leader, mark)) members.set(member.pid, member);
  };
  const waitUntilGone = async (ms: number) => {
    const end = clock.monotonic() + ms;
    while ([...members.values()].some(isAlive)) {
      if (clock.monotonic() >= end) return false;
      await clock.sleep(20);
    }
    return true;
  };
  await gather();
  signalGroup(leader, 'SIGTERM');
  for (const member of members.values()) if (member.pid !== leader?.pid) signalProcess(member, 'SIGTERM');
  await waitUntilGone(graceMs);
  // Whoever is forking while it is being killed gets another round.
  for (let round = 0; round < 5; round++) {
    members.clear();
    await gather();
    if (members.size === 0) return true;
    signalGroup(leader, 'SIGKILL');
    for (const member of members.values()) signalProcess(member, 'SIGKILL');
    await waitUntilGone(1000);
  }
  return false;
}

export interface PipedProcess {
  readonly pid: number;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once it has ended; its streams may hold more to read. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** SIGKILL to its whole group. */
  readonly kill: () => void;
}

export interface PipedSpec {
  /** Its path. */
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whom it runs as; only root may say so. */
  readonly user?: number;
}

/**
 * Starts a process in a group of its own, with nothing read of its streams yet.
 * @throws LibraError LIBRA_ENGINE_NOT_READY when it cannot be started
 */
export async function startPiped({ command, args, env, user }: PipedSpec): Promise<PipedProcess> {
  const child = spawn(command, [...args], {
    cwd: '/',
    env: { ...env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(user === undefined ? {} : { uid: user, gid: user }),
  });
  // Whoever is killed leaves broken pipes behind.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {});
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  await spawned(child, command);
  const pid = child.pid!;
  rememberUntilExit(pid);
  child.once('exit', () => running.delete(pid));
  const kill = () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // Already gone.
    }
  };
  return { pid, stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exited, kill };
}

/** The executable's path, or null. A name with a slash is taken as it is. */
export function findCommand(name: string, path: string | undefined = process.env.PATH): string | null {
  const candidates = name.includes('/')
    ? [name]
    : (path ?? '').split(delimiter).map((folder) => join(folder || '.', name));
  return candidates.find(isExecutable) ?? null;
}

export interface ToolResult {
  /** Null when it did not end by itself in time. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a small tool to its end; null when it is not installed. Never throws. */
export function runTool(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs?: number; readonly cwd?: string } = {},
): Promise<ToolResult | null> {
  const path = findCommand(command);
  if (path === null) return Promise.resolve(null);
  return new Promise((resolve) => {
    const limits = { timeout: options.timeoutMs ?? 5000, killSignal: 'SIGKILL', maxBuffer: 4 << 20 } as const;
    const where = options.cwd === undefined ? {} : { cwd: options.cwd };
    execFile(path, [...args], { ...limits, ...where, encoding: 'utf8' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
      resolve({ code, stdout, stderr });
    });
  });
}

function spawned(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(cannotStart(command, messageOf(error), error)));
  });
}

/** The last lines are worth a short wait after the end; a grandchild that keeps the pipe open is not. */
function exitOf(child: ChildProcess, clock: Clock, lastLines: () => readonly string[]): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => {
      const closed = new Promise<void>((done) => child.once('close', () => done()));
      void Promise.race([closed, clock.sleep(300)]).then(() => resolve({ code, signal, lastLines: lastLines() }));
    });
  });
}

/** A session of its own is a scheduling group of its own where autogroups are on: niceness must be told to the group as well. */
function lowerAutogroup(pid: number, niceness: number): void {
  try {
    if (readFileSync('/proc/sys/kernel/sched_autogroup_enabled', 'utf8').trim() !== '1') return;
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // No autogroups here, or not ours to set: niceness alone has to do.
  }
}

/** The whole group at once, so that a leader does not see its children die first; its id is safe to use while the leader lives. */
function signalGroup(leader: ProcessIdentity | null, signal: NodeJS.Signals): void {
  if (leader === null || !isAlive(leader)) return;
  try {
    process.kill(-leader.pid, signal);
  } catch {
    signalProcess(leader, signal);
  }
}

function rememberUntilExit(pid: number): void {
  running.add(pid);
  if (cleansUpAtExit) return;
  cleansUpAtExit = true;
  process.on('exit', () => {
    for (const leader of running) {
      try {
        process.kill(-leader, 'SIGKILL');
      } catch {
        // Already gone.
      }
    }
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function cannotStart(command: string, why: string, cause?: unknown): LibraError {
  return new LibraError('LIBRA_ENGINE_NOT_READY', `${command} could not be started: ${why}.`, {
    hint: 'Install it or give its full path; `libra doctor` lists the engines found on this machine.',
    cause,
  });
}

/**
 * The only place where programs written by a model run: namespaces of their own (user, network, processes, mounts, IPC, host name,
 * control groups), no capability, a system that can only be read, an empty directory in memory, and limits on everything.
 */
import type { Readable, Writable } from 'node:stream';
import { type Clock, systemClock } from './clock.ts';
import { startPiped } from './process.ts';
import { treeUse } from './process-tree.ts';
import {
  NOBODY,
  type SandboxLimits,
  type SandboxTools,
  type SandboxView,
  sandboxArguments,
} from './sandbox-arguments.ts';

export type { SandboxLimits } from './sandbox-arguments.ts';

/** Why everything inside was ended: by itself, or by a limit (`wall` and `cpu` are time). */
export type SandboxEnd = 'exit' | 'wall' | 'cpu' | 'memory' | 'processes' | 'killed';

export interface SandboxExit {
  readonly end: SandboxEnd;
  /** Of the program; null when it was killed. */
  readonly code: number | null;
}

export interface SandboxedProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves once nothing of it is left. */
  readonly ended: Promise<SandboxExit>;
  /** Ends all of it at once. */
  readonly kill: () => void;
}

export interface Sandbox {
  /** `bubblewrap 0.8.0`. */
  readonly name: string;
  start(program: readonly string[], limits: SandboxLimits): Promise<SandboxedProcess>;
}

/** How often memory and processes are counted. */
const WATCH_EVERY_MS = 50;

/** Exit codes of bubblewrap for a program that died of SIGXCPU, or of some other signal. */
const OUT_OF_CPU = 128 + 24;
const OF_SIGNAL = 128;

export interface SandboxSettings {
  readonly name: string;
  readonly tools: SandboxTools;
  readonly view: SandboxView;
  /** Root starts it as nobody: limits on processes do not hold for root, and nobody owns nothing. */
  readonly isRoot: boolean;
  readonly clock?: Clock;
}

export function createSandbox({ name, tools, view, isRoot, clock = systemClock }: SandboxSettings): Sandbox {
  return {
    name,
    async start(program, limits) {
      const child = await startPiped({
        command: tools.shell,
        args: sandboxArguments(tools, view, limits, program),
        env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
        ...(isRoot ? { user: NOBODY } : {}),
      });
      let end: SandboxEnd = 'exit';
      const endWith = (why: SandboxEnd) => {
        if (end === 'exit') end = why;
        child.kill();
      };
      const over = new AbortController();
      const watch = async () => {
        const last = clock.monotonic() + limits.wallSeconds * 1000;
        while (!over.signal.aborted) {
          await clock.sleep(WATCH_EVERY_MS, over.signal);
          if (over.signal.aborted) return;
          const use = treeUse(child.pid);
          if (clock.monotonic() >= last) endWith('wall');
          else if (use.residentBytes > limits.memoryBytes) endWith('memory');
          // Twice the limit and some: what holds it inside has failed.
          else if (use.processes > 2 * limits.processes + 8) endWith('processes');
        }
      };
      void watch();
      const ended = child.exited.then(({ code }): SandboxExit => {
        over.abort();
        if (end !== 'exit') return { end, code: null };
        if (code === OUT_OF_CPU) return { end: 'cpu', code: null };
        return code === null || code > OF_SIGNAL ? { end: 'killed', code: null } : { end, code };
      });
      return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended, kill: () => endWith('killed') };
    },
  };
}

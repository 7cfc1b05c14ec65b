/** Runs an engine as a child process on this machine; remembers it on disk, so that a killed daemon's engine is found again. */
import { randomUUID } from 'node:crypto';
import { mkdir, rm, rmdir } from 'node:fs/promises';
import { type Clock, systemClock } from '../../system/clock.ts';
import type { Log } from '../../system/log.ts';
import { startProcess } from '../../system/process.ts';
import { peakMemory } from '../../system/process-memory.ts';
import type { EngineRegistry } from '../engine-registry.ts';
import type { Launcher } from '../launcher.ts';

/** SIGTERM first: engines free devices and shared memory in their own way. */
const GRACE_MS = 5000;

export function createLocalLauncher(options: {
  readonly registry: EngineRegistry | null;
  readonly log: Log;
  readonly clock?: Clock;
}): Launcher {
  const { registry, log, clock = systemClock } = options;
  return {
    name: 'local',
    async launch(command, { workDirectory, niceness, onLine }) {
      await mkdir(workDirectory, { recursive: true });
      const mark = randomUUID();
      const leftovers = command.leftovers ?? [];
      const forget = async () => {
        for (const path of leftovers) await rm(path, { recursive: true, force: true });
        await rmdir(workDirectory).catch(() => {}); // Only if nothing is left in it.
        await registry?.remove(mark);
      };
      await registry?.announce(mark, command.command, leftovers);
      const child = await startProcess({
        mark,
        command: command.command,
        args: command.args,
        cwd: workDirectory,
        env: { ...process.env, ...command.env },
        niceness,
        endsWithUs: true,
        clock,
        ...(onLine && { onLine }),
      }).catch(async (error) => {
        await forget();
        throw error;
      });
      await registry?.started(mark, child).catch(async (error) => {
        await child.stop(0);
        throw error;
      });
      let stopping: Promise<void> | null = null;
      const stop = async () => {
        if (await child.stop(GRACE_MS)) await forget();
        else log.warn('an engine process could not be ended', { pid: child.pid });
      };
      return {
        where: `process ${child.pid} on this machine`,
        exited: child.exited,
        lastLines: child.lastLines,
        peakMemory: () => peakMemory(child, mark),
        stop: () => (stopping ??= stop()),
      };
    },
  };
}

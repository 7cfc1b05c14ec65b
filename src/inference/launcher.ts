/** Launcher: where an engine's process runs. */
import type { ProcessExit } from '../system/process.ts';
import type { EngineCommand } from './engine.ts';

export interface LaunchedEngine {
  /** For people: `process 1234 on this machine`. */
  readonly where: string;
  readonly exited: Promise<ProcessExit>;
  readonly lastLines: () => readonly string[];
  /** Bytes its processes held at most so far; null where the system does not tell. */
  readonly peakMemory?: () => Promise<number | null>;
  /** Ends it with everything it started. */
  readonly stop: () => Promise<void>;
}

export interface LaunchOptions {
  readonly workDirectory: string;
  readonly niceness: number;
  readonly onLine?: (line: string) => void;
}

export interface Launcher {
  readonly name: string;
  /** @throws LibraError LIBRA_ENGINE_NOT_READY when it cannot be started at all */
  launch(command: EngineCommand, options: LaunchOptions): Promise<LaunchedEngine>;
}

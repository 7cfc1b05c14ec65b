/** What every part of the daemon works with: made once at start, passed along, never global. */
import type { MessageAction } from '../alert/message.ts';
import type { Notifier } from '../alert/notifier.ts';
import type { Config } from '../config/schema.ts';
import type { Alert } from '../domain/alert.ts';
import type { Execute } from '../evaluation/execution/executor.ts';
import type { Task } from '../evaluation/task.ts';
import type { StartedEngine } from '../inference/engine.ts';
import type { EngineRegistry } from '../inference/engine-registry.ts';
import type { EngineSettings } from '../inference/serve-checkpoint.ts';
import type { Store } from '../store/open-store.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import type { EventBus } from './event-bus.ts';

export interface DaemonContext {
  readonly config: Config;
  readonly store: Store;
  readonly bus: EventBus;
  readonly engine: EngineSettings;
  /** Those that can be started. */
  readonly engines: readonly StartedEngine[];
  readonly engineRegistry: EngineRegistry;
  readonly clock: Clock;
  readonly log: Log;
  /** Channels that alerts go out by. */
  readonly notifiers: readonly Notifier[];
  /** Address at which an alert can be looked at; null while there is none. */
  readonly linkOf: (alert: Alert) => string | null;
  /** Links by which an alert is answered from a message of that channel; left out where there are none. */
  readonly actionsOf?: (alert: Alert, channel: string) => readonly MessageAction[];
  /** By name. */
  readonly tasks: ReadonlyMap<string, Task>;
  /** Runs the programs in answers; null where no task needs it. */
  readonly execute: Execute | null;
  /** A directory of ours for sockets and generated graphs. */
  readonly workDirectory: string;
}

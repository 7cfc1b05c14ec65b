/** What can read a training framework's own record of loss, learning rate and data mix from the disk. */
import type { Telemetry } from '../domain/telemetry.ts';

export interface TelemetrySource {
  /** Directory with the checkpoint's files (the pinned ones serve as well). */
  readonly checkpoint: string;
  /** The run's own directory. */
  readonly run: string;
  /** Step of the checkpoint. */
  readonly step: number;
}

export interface TelemetryReader {
  readonly id: string;
  /** Everything up to the checkpoint's step; null when this framework left no record there. Never throws for a broken file. */
  read(source: TelemetrySource): Promise<Telemetry | null>;
}

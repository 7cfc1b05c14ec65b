/** Where noticing writes what it saw, and what it asks after a restart. Implemented over the store: synchronous, idempotent. */
import type { CheckpointState, Pin } from '../domain/checkpoint.ts';
import type { Telemetry } from '../domain/telemetry.ts';

export interface KnownRun {
  readonly id: string;
  readonly path: string;
  /** As given to `runFound`. */
  readonly identity: string | null;
}

export interface KnownCheckpoint {
  readonly id: string;
  readonly step: number;
  readonly path: string;
  readonly format: string;
  readonly state: CheckpointState;
  readonly fingerprint: string | null;
  /** As given with the last observation: how the files lay on the disk. */
  readonly observed: string | null;
  /** Last write to any of its files, epoch ms. */
  readonly lastByteAt: number | null;
}

export interface Observation {
  /** Null for one that was never reported before. */
  readonly id: string | null;
  readonly run: string;
  readonly step: number;
  readonly path: string;
  readonly format: string;
  readonly state: 'found' | 'settling' | 'complete' | 'invalid' | 'vanished';
  readonly reason: string | null;
  readonly fingerprint: string | null;
  /** Of the files an engine needs; null until complete. */
  readonly bytes: number | null;
  readonly tokens: number | null;
  readonly pin: Pin | null;
  readonly observed: string;
  readonly lastByteAt: number | null;
}

export interface HeldPin {
  readonly checkpoint: string;
  readonly pin: Pin;
  /** Grows with the time of pinning. */
  readonly order: number;
  /** Its checkpoint is evaluated or was passed over: it is only kept for what may be asked later. */
  readonly isSpare: boolean;
}

export interface NoticeSink {
  knownRuns(): readonly KnownRun[];
  /** All of one run, of every state. */
  knownCheckpoints(run: string): readonly KnownCheckpoint[];
  /** Pins in use, of all runs. */
  pins(): readonly HeldPin[];
  /** A new run (`id` null) or a known one at its present path. Returns its id. */
  runFound(run: {
    readonly id: string | null;
    readonly name: string;
    readonly path: string;
    readonly identity: string;
  }): string;
  /** A checkpoint's new state. Telemetry up to its step was given before. Returns its id. */
  observed(observation: Observation): string;
  /** A known checkpoint lies elsewhere or was touched, with the same bytes: no new state. */
  refound(checkpoint: {
    readonly id: string;
    readonly path: string;
    readonly observed: string;
    readonly lastByteAt: number | null;
  }): void;
  telemetry(run: string, telemetry: Telemetry): void;
  /** A pin is about to be given up for want of room: from now on the checkpoint is readable in place or not at all. */
  pinReleased(checkpoint: string, reason: string): void;
}

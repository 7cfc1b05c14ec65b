/** One run as noticing sees it: what is known of its checkpoints, and the reports about them. */
import type { PinHomes } from '../checkpoint/pin-homes.ts';
import type { Pin } from '../domain/checkpoint.ts';
import type { Clock } from '../system/clock.ts';
import type { Log } from '../system/log.ts';
import { telemetryReaders } from '../watch/telemetry-readers/index.ts';
import { movedPath } from './notice-identity.ts';
import type { NoticeSettings } from './notice-settings.ts';
import type { KnownCheckpoint, NoticeSink, Observation } from './notice-sink.ts';

/** What all parts of noticing under one watched directory share. */
export interface NoticeContext {
  readonly settings: NoticeSettings;
  /** Which of the runs found are wanted. */
  readonly accepts: (path: string) => boolean;
  /** On a network file system, or treated as such. */
  readonly network: boolean;
  readonly homes: PinHomes;
  readonly mayCopy: (bytes: number) => Promise<boolean>;
  readonly sink: NoticeSink;
  readonly clock: Clock;
  readonly log: Log;
}

export interface NoticedRun {
  readonly id: string;
  path: string;
  /** Every checkpoint reported so far, as it was at the last report. */
  readonly records: KnownCheckpoint[];
}

export function openRun(id: string, path: string, knownPath: string, { sink }: NoticeContext): NoticedRun {
  const records = sink
    .knownCheckpoints(id)
    .map((record) => ({ ...record, path: movedPath(record.path, knownPath, path) }));
  return { id, path, records };
}

/** The run's directory was moved while we watch. */
export function moveRun(run: NoticedRun, path: string): void {
  for (const [at, record] of run.records.entries()) {
    run.records[at] = { ...record, path: movedPath(record.path, run.path, path) };
  }
  run.path = path;
}

/** Reports a state and remembers it. */
export function report(run: NoticedRun, observation: Omit<Observation, 'run'>, sink: NoticeSink): KnownCheckpoint {
  const id = sink.observed({ ...observation, run: run.id });
  const { step, path, format, state, fingerprint, observed, lastByteAt } = observation;
  const record: KnownCheckpoint = { id, step, path, format, state, fingerprint, observed, lastByteAt };
  const at = run.records.findIndex((known) => known.id === id);
  if (at < 0) run.records.push(record);
  else run.records[at] = record;
  return record;
}

/** Says that a known checkpoint lies at `path` now, if that is news. */
export function reportRefound(
  run: NoticedRun,
  record: KnownCheckpoint,
  now: { readonly path: string; readonly observed: string; readonly lastByteAt: number | null },
  sink: NoticeSink,
): KnownCheckpoint {
  sink.refound({ id: record.id, ...now });
  const updated = { ...record, ...now };
  run.records[run.records.findIndex((known) => known.id === record.id)] = updated;
  return updated;
}

export interface CompleteCheckpoint {
  readonly id: string | null;
  readonly step: number;
  readonly path: string;
  readonly format: string;
  readonly reason: string | null;
  readonly fingerprint: string;
  readonly bytes: number;
  readonly pin: Pin | null;
  readonly observed: string;
  readonly lastByteAt: number | null;
}

/** Reports a complete checkpoint, its telemetry first: whoever hears of the checkpoint finds the training's record there. */
export async function reportComplete(
  run: NoticedRun,
  complete: CompleteCheckpoint,
  { sink }: NoticeContext,
): Promise<KnownCheckpoint> {
  const source = { checkpoint: complete.pin?.directory ?? complete.path, run: run.path, step: complete.step };
  let tokens: number | null = null;
  for (const reader of telemetryReaders) {
    const telemetry = await reader.read(source);
    if (telemetry === null) continue;
    sink.telemetry(run.id, telemetry);
    tokens = telemetry.tokens;
    break;
  }
  return report(run, { ...complete, state: 'complete', tokens }, sink);
}

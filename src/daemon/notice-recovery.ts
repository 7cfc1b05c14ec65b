/** After a crash: what the pins on the disk are worth. Whole ones whose source is gone become checkpoints; useless ones are removed. */
import { rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFileProofs } from '../checkpoint/file-proofs.ts';
import { type FoundPin, findPins } from '../checkpoint/find-pins.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../checkpoint/inspect.ts';
import { finalPinName, PIN_NOTE, removePinDirectory } from '../checkpoint/pin.ts';
import type { Pin } from '../domain/checkpoint.ts';
import { isFinished } from './notice-identity.ts';
import { type NoticeContext, type NoticedRun, reportComplete } from './notice-run.ts';

/** Of the runs noticed here: checkpoints that were deleted while nobody watched, but whose pins are whole, are reported complete. */
export async function recoverPins(runs: readonly NoticedRun[], context: NoticeContext): Promise<void> {
  const wanted = new Set(context.sink.pins().map(({ pin }) => pin.directory));
  for (const found of await findPins(context.homes)) {
    const run = runs.find(({ id }) => id === found.note.run);
    if (run === undefined || wanted.has(found.directory)) continue;
    // The run may have been moved since the note was written.
    const paths = run.records.filter(({ step }) => step === found.note.step).map(({ path }) => path);
    const present = await Promise.all([found.note.source, ...paths].map(exists));
    if (!present.includes(true)) await recoverPin(found, run, context);
  }
}

async function recoverPin(found: FoundPin, run: NoticedRun, context: NoticeContext): Promise<void> {
  const { step } = found.note;
  const directory = found.directory;
  const whole = await inspectCheckpoint(directory, step, createFileProofs(directory)).catch(() => null);
  if (whole === null || whole.missing.length > 0) return;
  const fingerprint = await fingerprintOf(directory, whole.identity);
  const twin = run.records.find((record) => record.step === step && record.fingerprint === fingerprint);
  if (twin !== undefined && isFinished(twin)) return;
  const final = join(dirname(directory), finalPinName(step, fingerprint));
  if (final !== directory) await rename(directory, final);
  const files = [...whole.listing.files.values()].filter(({ name }) => name !== PIN_NOTE);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const pin: Pin = { kind: found.note.kind, directory: final, bytes };
  const path = run.records.find((record) => record.step === step)?.path ?? found.note.source;
  const unfinished = run.records.find((record) => record.step === step && !isFinished(record));
  const reason = 'it was deleted by the training; its pinned files were whole';
  const lastByteAt = Math.round(Math.max(...files.map(({ mtimeMs }) => mtimeMs)));
  await reportComplete(
    run,
    {
      id: unfinished?.id ?? null,
      step,
      path,
      format: whole.format,
      reason,
      fingerprint,
      bytes,
      pin,
      observed: whole.all,
      lastByteAt,
    },
    context,
  );
}

/**
 * Removes every pin that no checkpoint needs and no settling one is filling. Pins of runs that are watched elsewhere are theirs;
 * those of runs nobody knows any more go as well.
 */
export async function sweepPins(
  runs: readonly NoticedRun[],
  inUse: ReadonlySet<string>,
  { homes, sink, log }: NoticeContext,
): Promise<void> {
  const wanted = new Set(sink.pins().map(({ pin }) => pin.directory));
  const known = new Set(sink.knownRuns().map(({ id }) => id));
  const own = new Set(runs.map(({ id }) => id));
  for (const { directory, note } of await findPins(homes)) {
    if (wanted.has(directory) || inUse.has(directory) || (known.has(note.run) && !own.has(note.run))) continue;
    log.debug('A pin nobody needs was removed', { directory });
    await removePinDirectory(directory);
  }
}

/** Known but incomplete checkpoints whose directory is gone, and complete ones that nothing protects: said once. */
export function reportLost(run: NoticedRun, present: ReadonlySet<string>, { sink }: NoticeContext): void {
  const lost = run.records.filter((record) => !present.has(record.path));
  if (lost.length === 0) return;
  const kept = new Set(sink.pins().flatMap(({ checkpoint, pin }) => (pin.kind === 'lease' ? [] : [checkpoint])));
  const now = new Map(sink.knownCheckpoints(run.id).map((record) => [record.id, record]));
  for (const record of lost) {
    const state = now.get(record.id)?.state;
    const isUnfinished = state === 'found' || state === 'settling';
    const isUnread = (state === 'complete' || state === 'queued') && !kept.has(record.id);
    if (!isUnfinished && !isUnread) continue;
    const reason = isUnfinished ? 'it was deleted before it was complete' : 'it was deleted before it was evaluated';
    sink.observed({
      ...record,
      run: run.id,
      state: 'vanished',
      reason,
      bytes: null,
      tokens: null,
      pin: null,
      observed: record.observed ?? '',
    });
    run.records[run.records.indexOf(record)] = { ...record, state: 'vanished' };
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

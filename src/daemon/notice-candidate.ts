/**
 * One directory that is, or becomes, a checkpoint: looked at until it is settled, then only glanced at.
 * watching -> parked (complete, invalid, or known already) -> watching when its files change -> gone when it is deleted.
 */
import { createFileProofs, type FileProofs } from '../checkpoint/file-proofs.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { formatOf, type InspectedCheckpoint, inspectCheckpoint, signatureOf } from '../checkpoint/inspect.ts';
import { openPin, type ProvisionalPin, releasePin } from '../checkpoint/pin.ts';
import type { Pin } from '../domain/checkpoint.ts';
import { messageOf } from '../domain/errors.ts';
import { type FileEntry, isMissing, isSameVersion, listDirectory } from '../system/files.ts';
import { type SettleDecision, type SettleProgress, settle } from '../watch/settle.ts';
import { acquaintanceOf, isFinished } from './notice-identity.ts';
import { type ParkedCheckpoint, parkCheckpoint } from './notice-parked.ts';
import { type NoticeContext, type NoticedRun, report, reportComplete, reportRefound } from './notice-run.ts';
import type { KnownCheckpoint } from './notice-sink.ts';

export interface Candidate {
  readonly path: string;
  readonly step: number;
  /** First look: is it known? Reports it as found when it is not. */
  begin(): Promise<void>;
  /** Looks again if it is time. `glance`: also if it is parked. */
  tick(glance: boolean): Promise<void>;
  /** True while it settles. */
  busy(): boolean;
  /** When it wants to be looked at again, epoch ms. */
  dueAt(): number;
  /** True once the directory is not there any more; all that follows from it was reported. */
  gone(): boolean;
  /** Where its files are held while it settles. */
  pinDirectory(): string | null;
}

/** After a look a settling checkpoint is left alone for so many times as long as the look took. */
const COST_FACTOR = 3;
/** After a look that was overtaken by the writer, ms. */
const AT_ONCE = 20;
/** So often in a row, before it is judged all the same: some file may never stop changing. */
const OVERTAKEN_AT_MOST = 10;
/** So long after the last change the next one is still likely, ms. */
const STILL_LIKELY = 60_000;
/** A changed reason alone is reported at most this often, ms. */
const REASON_EVERY = 1_000;

type Whole = InspectedCheckpoint & { readonly entries: readonly FileEntry[] };

export function createCandidate(path: string, step: number, run: NoticedRun, context: NoticeContext): Candidate {
  const { sink, clock, log, network, settings } = context;
  const place = network ? settings.network : settings.local;
  let proofs: FileProofs = createFileProofs(path);
  let pin: ProvisionalPin | null = null;
  let record: KnownCheckpoint | null = null;
  /** A checkpoint of this step is known; nothing is said before the content tells whether this is another one. */
  let secret = false;
  let progress: SettleProgress | null = null;
  let overtaken = 0;
  let lastWhole: Whole | null = null;
  let parked: ParkedCheckpoint | null = null;
  let due = 0;
  let saidAt = 0;
  let isGone = false;
  let format = 'hugging-face';

  const isSame = (other: KnownCheckpoint, fingerprint: string) =>
    other.step === step && other.fingerprint === fingerprint && isFinished(other);

  const openOwnPin = () =>
    openPin(
      { run: run.id, step, source: path },
      { homes: context.homes, whenUnlinkable: settings.pins.whenUnlinkable, mayCopy: context.mayCopy },
    );

  const begin = async (): Promise<void> => {
    const listing = await listDirectory(path).catch(() => null);
    if (listing === null) return;
    const observed = signatureOf(listing.files.values());
    format = formatOf(listing)?.id ?? format;
    meet(observed, [...listing.files.values()]);
  };

  /** Decides, once per life or rewriting, which record this directory continues. */
  const meet = (observed: string, files: readonly FileEntry[]): void => {
    const known = acquaintanceOf({ path, step, observed }, run.records);
    secret = known.kind === 'rewritten';
    record = known.kind === 'unchanged' || known.kind === 'unfinished' ? known.record : null;
    if (known.kind === 'unchanged') {
      if (known.record.path !== path) {
        record = reportRefound(run, known.record, { path, observed, lastByteAt: known.record.lastByteAt }, sink);
      }
      park(files);
    } else if (record?.state === 'invalid' && record.observed === observed) {
      park(files);
    } else if (known.kind === 'new' || (record?.state === 'vanished' && !secret)) {
      say('found', null, observed, lastByteOf(files, clock.now()));
    }
  };

  const say = (
    state: 'found' | 'settling' | 'invalid' | 'vanished',
    reason: string | null,
    observed: string,
    lastByteAt: number | null,
  ): void => {
    record = report(
      run,
      { id: record?.id ?? null, step, path, format, state, reason, observed, lastByteAt, ...NOTHING_YET },
      sink,
    );
    saidReason = reason;
    saidAt = clock.now();
  };
  let saidReason: string | null = null;

  const park = (files: readonly FileEntry[]): void => {
    parked = parkCheckpoint(path, files, !network);
    due = Number.POSITIVE_INFINITY;
  };

  const tick = async (glance: boolean): Promise<void> => {
    if (isGone || (parked === null ? clock.now() < due : !glance)) return;
    if (parked !== null && (await parked.isUnchanged())) return;
    const started = clock.monotonic();
    try {
      await lookClosely();
    } catch (error) {
      if (isMissing(error)) await leave();
      else {
        log.debug('A checkpoint could not be looked at', { path, error: messageOf(error) });
        due = clock.now() + place.pace.usual;
      }
    }
    const cost = clock.monotonic() - started;
    if (parked === null) due = Math.max(due, clock.now() + cost * COST_FACTOR);
  };

  const lookClosely = async (): Promise<void> => {
    // On a network file system what was proved may rest on cached attributes: opening files again asks the server.
    if (network && lastWhole !== null) proofs = createFileProofs(path);
    const inspected = await inspectCheckpoint(path, step, proofs);
    const files = [...inspected.listing.files.values()];
    const now = clock.now();
    const last = lastByteOf(files, now);
    format = inspected.format;
    if (parked !== null && inspected.all === parked.all) return;
    if (parked !== null) {
      parked = null;
      if (record === null || isFinished(record)) {
        progress = null;
        meet(inspected.all, files);
        if (parked !== null) return;
      }
    }

    pin ??= openOwnPin();
    const entries = inspected.files.map((name) => inspected.listing.files.get(name) as FileEntry);
    overtaken = (await pin.hold(entries)) ? 0 : overtaken + 1;
    if (overtaken > 0 && overtaken < OVERTAKEN_AT_MOST) {
      // A file changed between the listing and the link, so what was proved may be of two moments.
      due = clock.now() + AT_ONCE;
      return;
    }
    const snapshot = { ...inspected, at: now, changedAt: network ? null : lastChangeOf(files) };
    const superseded = run.records.some((other) => other.step > step && isFinished(other));
    const decision = settle(progress, snapshot, place.windows, superseded);
    progress = decision.progress;
    // A deletion begins with a whole checkpoint that has fewer files: what was whole before is the better one to keep.
    const isShrinking =
      lastWhole !== null && entries.length < lastWhole.entries.length && isPartOf(entries, lastWhole.entries);
    if (inspected.missing.length === 0 && !isShrinking) lastWhole = { ...inspected, entries };

    if (decision.state === 'complete') return complete({ ...inspected, entries }, last);
    if (decision.state === 'invalid') return giveUp(inspected, files, decision, last);
    const isNews = record?.state !== 'settling' || (saidReason !== decision.reason && now - saidAt >= REASON_EVERY);
    if (!secret && isNews) say('settling', decision.reason, inspected.all, last);
    const quiet = now - decision.progress.allSince;
    const patience = Math.max(place.snapshotMs, Math.min(quiet < STILL_LIKELY ? 250 : 1_000, quiet / 10));
    due = now + Math.min(decision.waitMs, patience);
  };

  const giveUp = async (
    inspected: InspectedCheckpoint,
    files: readonly FileEntry[],
    decision: SettleDecision,
    last: number | null,
  ): Promise<void> => {
    await pin?.drop();
    pin = null;
    // Remains of a deletion are older than the checkpoint they belonged to; only a new writing that failed is news.
    const known = run.records.filter((other) => other.step === step && isFinished(other));
    const isRemains = secret && known.some((other) => (last ?? 0) <= (other.lastByteAt ?? 0));
    if (!isRemains && (record?.state !== 'invalid' || saidReason !== decision.reason)) {
      secret = false;
      say('invalid', decision.reason, inspected.all, last);
    }
    park(files);
  };

  const complete = async (whole: Whole, last: number | null): Promise<void> => {
    const fingerprint = await fingerprintOf(path, whole.identity);
    const same = run.records.find((other) => isSame(other, fingerprint));
    if (same) {
      if (signatureOf(await filesNow()) !== whole.all) return again();
      await pin?.drop();
      pin = null;
      if (record !== null && record.id !== same.id) {
        say('invalid', `it holds the same bytes as ${same.id}`, whole.all, last);
      }
      record = reportRefound(run, same, { path, observed: whole.all, lastByteAt: last }, sink);
    } else {
      const kept = (await pin?.finish(whole.entries, fingerprint)) ?? null;
      const unkept =
        kept === null && !(pin !== null && pin.problem !== null && settings.pins.whenUnlinkable === 'none');
      if (unkept) return again();
      // Files that went meanwhile are a deletion that began: what is pinned is whole.
      if (!isPartOf(await filesNow(), [...whole.listing.files.values()])) {
        if (kept !== null) await releasePin(kept);
        pin = null;
        return again();
      }
      await announce(whole, fingerprint, kept, last);
    }
    lastWhole = null;
    secret = false;
    park([...whole.listing.files.values()]);
  };

  const announce = async (whole: Whole, fingerprint: string, kept: Pin | null, last: number | null): Promise<void> => {
    const problem = pin?.problem ?? null;
    const reason = problem === null ? null : `${kept ? 'read in place' : 'not protected from deletion'}: ${problem}`;
    const bytes = whole.entries.reduce((sum, file) => sum + file.size, 0);
    record = await reportComplete(
      run,
      {
        id: record?.id ?? null,
        step,
        path,
        format: whole.format,
        reason,
        fingerprint,
        bytes,
        pin: kept,
        observed: whole.all,
        lastByteAt: last,
      },
      context,
    );
    pin = null;
  };

  /** Something changed between the look and the last check. */
  const again = (): void => {
    due = clock.now() + place.snapshotMs;
  };

  /** None when the directory is gone. */
  const filesNow = async (): Promise<readonly FileEntry[]> => {
    const listing = await listDirectory(path).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    return [...(listing?.files.values() ?? [])];
  };

  /** The directory was deleted. What was whole and is held lives on; what was not is lost, and that is said once. */
  const leave = async (): Promise<void> => {
    isGone = true;
    const was = parked;
    parked = null;
    if (was !== null && record !== null && isFinished(record)) return;
    if (await surviveInPin()) return;
    await pin?.drop();
    if (secret || record === null || record.state === 'vanished' || record.state === 'invalid') return;
    say('vanished', 'it was deleted before it was complete', record.observed ?? '', record.lastByteAt);
  };

  const surviveInPin = async (): Promise<boolean> => {
    const held = pin?.directory();
    if (!pin || !held || lastWhole === null || progress === null) return false;
    if (!lastWhole.signal && progress.at - progress.allSince < place.windows.signalled) return false;
    const fingerprint = await fingerprintOf(held, lastWhole.identity).catch(() => null);
    if (fingerprint === null) return false;
    if (run.records.some((other) => isSame(other, fingerprint))) return false;
    const kept = await pin.finish(lastWhole.entries, fingerprint);
    if (kept === null || kept.kind === 'lease') return false;
    await announce(lastWhole, fingerprint, kept, lastByteOf(lastWhole.entries, clock.now()));
    return true;
  };

  return {
    path,
    step,
    begin,
    tick,
    busy: () => !isGone && parked === null,
    dueAt: () => due,
    gone: () => isGone,
    pinDirectory: () => pin?.directory() ?? null,
  };
}

const NOTHING_YET = { fingerprint: null, bytes: null, tokens: null, pin: null } as const;

/** Last write, epoch ms, never in the future; null for an empty directory. */
function lastByteOf(files: readonly FileEntry[], now: number): number | null {
  if (files.length === 0) return null;
  return Math.round(Math.min(now, Math.max(...files.map((file) => file.mtimeMs))));
}

/** Latest change of any kind: a copy may carry old times of writing, but not of change. */
function lastChangeOf(files: readonly FileEntry[]): number {
  return files.reduce((latest, file) => Math.max(latest, file.mtimeMs, file.ctimeMs), 0);
}

/** True when every one of these files is, in the same version, among the others. */
function isPartOf(files: readonly FileEntry[], others: readonly FileEntry[]): boolean {
  const byName = new Map(others.map((file) => [file.name, file]));
  return files.every((file) => {
    const other = byName.get(file.name);
    return other !== undefined && isSameVersion(file, other);
  });
}

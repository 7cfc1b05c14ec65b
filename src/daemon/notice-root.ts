/** One watched directory: which runs and checkpoints are in it now, and a tick for each that is not settled. */
import { formatOf } from '../checkpoint/inspect.ts';
import { isNeverCheckpoint, stepOfName } from '../checkpoint/step-name.ts';
import { type Discovery, discoverRuns, type FoundRun, type Naming } from '../watch/discover-runs.ts';
import { paceOf } from '../watch/pace.ts';
import type { Look } from '../watch/watch-runs.ts';
import { type Candidate, createCandidate } from './notice-candidate.ts';
import { isFinished, knownRunOf } from './notice-identity.ts';
import { recoverPins, reportLost, sweepPins } from './notice-recovery.ts';
import { moveRun, type NoticeContext, type NoticedRun, openRun } from './notice-run.ts';

export interface NoticedRoot {
  /** One look; the watcher calls it again and again. `woken`: something happened, look at everything. */
  look(woken: boolean): Promise<Look>;
  /** Checkpoints that are still settling. */
  unsettled(): number;
}

const NAMING: Naming = {
  stepOf: stepOfName,
  isNever: isNeverCheckpoint,
  holdsModel: (names) =>
    formatOf({ files: new Map(names.map((name) => [name, EMPTY_ENTRY])), directories: new Set() }) !== null,
};
const EMPTY_ENTRY = { name: '', size: 0, mtimeMs: 0, ctimeMs: 0, ino: 0 };

/** Runs looked at in parallel; within a run checkpoints go in the order of their steps. */
const RUNS_AT_ONCE = 4;

/** How often deleted checkpoints are compared with what became of them, unless another one was deleted, ms. */
const LOST_EVERY = 10_000;

interface RunInRoot {
  readonly run: NoticedRun;
  readonly candidates: Map<string, Candidate>;
}

/** `ignore`: Libra's own directories, as real paths. */
export function noticeRoot(root: string, ignore: readonly string[], context: NoticeContext): NoticedRoot {
  const { settings, network, sink, clock, log } = context;
  const place = network ? settings.network : settings.local;
  const runs = new Map<string, RunInRoot>();
  let directories: readonly string[] = [root];
  let nextScan = 0;
  let lastChange = clock.now();
  let swept = false;
  let waitingFor: string | null = null;
  let unsure = false;
  const lostLooks = new Map<string, { readonly present: number; readonly at: number }>();

  const all = () => [...runs.values()].flatMap(({ candidates }) => [...candidates.values()]);

  const look = async (woken: boolean): Promise<Look> => {
    const scan = woken || clock.now() >= nextScan;
    if (woken) lastChange = clock.now();
    if (scan) await discover();
    await inParallel([...runs.values()], RUNS_AT_ONCE, (entry) => tickRun(entry, scan));
    if (scan) {
      await finishScan();
      const saves = [...runs.values()].map(({ run }) => savesOf(run));
      const busy = unsure || all().some((candidate) => candidate.busy());
      const rhythm = { now: clock.now(), busy, lastChangeAt: lastChange, saves, chance: Math.random() };
      nextScan = clock.now() + paceOf(rhythm, place.pace);
    }
    const due = Math.min(nextScan, ...all().map((candidate) => candidate.dueAt()));
    return { directories: network ? [] : directories, pauseMs: Math.max(1, due - clock.now()) };
  };

  const discover = async (): Promise<void> => {
    const options = { root, naming: NAMING, depth: settings.depth, ignore, now: clock.now(), local: !network };
    const found = await discoverRuns(options);
    sayWaiting(found);
    unsure = found.unsure;
    if (found.root !== 'present') return;
    directories = found.directories;
    for (const run of found.runs) if (context.accepts(run.path)) await meetRun(run);
    if (!swept) await recoverKnown();
  };

  const meetRun = async (found: FoundRun): Promise<void> => {
    const known = knownRunOf(found, sink.knownRuns());
    let entry = known ? runs.get(known.id) : undefined;
    if (entry === undefined || entry.run.path !== found.path || known?.identity !== found.identity) {
      const id = sink.runFound({ id: known?.id ?? null, name: found.name, path: found.path, identity: found.identity });
      if (entry === undefined) {
        entry = { run: openRun(id, found.path, known?.path ?? found.path, context), candidates: new Map() };
        runs.set(id, entry);
      } else if (entry.run.path !== found.path) {
        moveRun(entry.run, found.path);
        entry.candidates.clear();
      }
    }
    for (const { path, step } of found.checkpoints) {
      if (entry.candidates.has(path)) continue;
      const candidate = createCandidate(path, step, entry.run, context);
      entry.candidates.set(path, candidate);
      lastChange = clock.now();
      if (swept) await candidate.begin();
    }
  };

  /** First look only: what an earlier daemon knew of this directory, and what it left pinned. */
  const recoverKnown = async (): Promise<void> => {
    const top = directories[0] ?? root;
    for (const known of sink.knownRuns()) {
      if (runs.has(known.id) || !(known.path === top || known.path.startsWith(`${top}/`))) continue;
      runs.set(known.id, { run: openRun(known.id, known.path, known.path, context), candidates: new Map() });
    }
    await recoverPins(
      [...runs.values()].map(({ run }) => run),
      context,
    );
    for (const candidate of all()) await candidate.begin();
  };

  const tickRun = async ({ run, candidates }: RunInRoot, glance: boolean): Promise<void> => {
    for (const candidate of [...candidates.values()].sort((a, b) => a.step - b.step)) {
      const wasBusy = candidate.busy();
      await candidate.tick(glance);
      if (candidate.busy() !== wasBusy) lastChange = clock.now();
      if (candidate.gone()) candidates.delete(candidate.path);
    }
    if (!glance) return;
    const present = candidates.size;
    const lost = lostLooks.get(run.id);
    if (lost?.present === present && clock.now() - lost.at < LOST_EVERY) return;
    lostLooks.set(run.id, { present, at: clock.now() });
    reportLost(run, new Set(candidates.keys()), context);
  };

  const finishScan = async (): Promise<void> => {
    if (swept || waitingFor === 'missing' || waitingFor === 'unreadable') return;
    swept = true;
    const inUse = new Set(all().flatMap((candidate) => candidate.pinDirectory() ?? []));
    await sweepPins(
      [...runs.values()].map(({ run }) => run),
      inUse,
      context,
    );
  };

  /** Said once for each thing waited for. */
  const sayWaiting = (found: Discovery): void => {
    const now = found.root !== 'present' ? found.root : found.runs.length === 0 ? 'empty' : null;
    if (now !== null && now !== waitingFor) log.info(WAITING[now], { directory: root });
    waitingFor = now;
  };

  return { look, unsettled: () => all().filter((candidate) => candidate.busy()).length };
}

const WAITING = {
  missing: 'Waiting: this directory does not exist (yet)',
  unreadable: 'Waiting: this directory cannot be read; check its permissions',
  empty: 'Waiting: no checkpoint in this directory yet',
} as const;

/** When the run's checkpoints were written, ascending. */
function savesOf(run: NoticedRun): number[] {
  const times = run.records.flatMap((record) =>
    isFinished(record) && record.lastByteAt !== null ? [record.lastByteAt] : [],
  );
  return times.sort((a, b) => a - b);
}

async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker));
}

/** The digest of the last days goes to every channel, by the outbox. */
import { type DigestFacts, type DigestRun, digestOf } from '../alert/digest.ts';
import type { Outgoing } from '../alert/notifier.ts';
import { nameOf } from '../domain/capability.ts';
import type { SeriesKey } from '../domain/trend.ts';
import type { StoredRun } from '../store/runs.ts';
import { rfc3339 } from '../system/clock.ts';
import { stableId } from '../system/hash.ts';
import type { DaemonContext } from './context.ts';

const DAYS = 7;
const DAY_MS = 86_400_000;

/** @returns channels it was put out for */
export function sendDigest(context: Pick<DaemonContext, 'store' | 'config' | 'clock' | 'notifiers'>): number {
  const { store, config, clock, notifiers } = context;
  const now = clock.now();
  const at = rfc3339(now);
  const facts = factsOf(context, now - DAYS * DAY_MS);
  const message = digestOf(facts, { language: config.alerts.language, thread: 'digest', link: null });
  for (const { name } of notifiers) {
    const payload: Outgoing = {
      // Asked for twice within a minute it is still one message.
      key: `msg_${stableId('digest', at.slice(0, 16), name)}`,
      event: 'digest',
      at,
      message,
      alert: null,
    };
    store.deliveries.enqueue({ event: 'digest', channel: name, key: payload.key, payload });
  }
  return notifiers.length;
}

function factsOf({ store }: Pick<DaemonContext, 'store'>, since: number): DigestFacts {
  const runs = store.runs.list().map((run) => runFacts(store, run, since));
  const moved = runs.filter((run) => run.evaluated + run.fired + run.resolved + run.open.length > 0);
  return { days: DAYS, runs: moved, quiet: runs.length - moved.length };
}

function runFacts(store: DaemonContext['store'], run: StoredRun, since: number): DigestRun {
  const evaluated = store.checkpoints.ofRun(run.id).filter(({ state }) => state === 'evaluated');
  const newest = evaluated.at(-1);
  const alerts = store.alerts.ofRun(run.id);
  const verdicts = newest === undefined ? [] : store.verdicts.ofCheckpoint(newest.id);
  const named = (kind: 'better' | 'worse') =>
    verdicts
      .filter((verdict) => verdict.kind === kind && verdict.series.capability !== null)
      .map((verdict) => nameOf(verdict.series.capability!));
  const atStart = evaluated.findLast(({ stateAt }) => stateAt < since);
  const kindsAtStart = new Map(
    (atStart === undefined ? [] : store.verdicts.ofCheckpoint(atStart.id)).map(({ series, kind }) => [
      seriesId(series),
      kind,
    ]),
  );
  const changed = verdicts.flatMap(({ series, kind: to }): DigestRun['changed'][number][] => {
    const from = kindsAtStart.get(seriesId(series));
    // Without a verdict on one of both sides nothing is known to have changed.
    if (series.capability === null || from === undefined || from === to) return [];
    return from === 'unknown' || to === 'unknown' ? [] : [{ name: nameOf(series.capability), from, to }];
  });
  return {
    name: run.name,
    state: run.state,
    step: newest?.step ?? null,
    evaluated: evaluated.filter(({ stateAt }) => stateAt >= since).length,
    fired: alerts.filter(({ createdAt }) => createdAt >= since).length,
    resolved: alerts.filter(({ state, stateAt }) => state === 'resolved' && stateAt >= since).length,
    open: alerts.filter(({ state }) => state !== 'resolved').map(({ title }) => title),
    better: named('better'),
    worse: named('worse'),
    changed,
  };
}

const seriesId = ({ capability, task, metric }: SeriesKey): string => JSON.stringify([capability, task, metric]);

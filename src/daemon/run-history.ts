/** What verdicts on a run look back on: its own checkpoints, and before them those of the run it was resumed from. */
import type { CheckpointOutcomes } from '../domain/trend.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { StoredLineage } from '../store/lineage.ts';
import type { Store } from '../store/open-store.ts';
import { findLineage } from '../trend/lineage.ts';
import type { JudgingContext } from './judge-checkpoint.ts';
import { asOneEngine } from './one-engine.ts';
import { runSettingsOf } from './run-settings.ts';

/** Resumed runs of resumed runs... */
const MOST_GENERATIONS = 10;

type HistoryContext = Pick<JudgingContext, 'store' | 'config'>;

/** The newest `limit` evaluated checkpoints of the run's history up to a step, ascending; as the newest one's engine has them, where it was asked. */
export function historyOf(
  context: HistoryContext,
  run: string,
  { upToStep, limit }: { readonly upToStep: number; readonly limit: number },
): CheckpointOutcomes[] {
  const read = (id: string, to: number, left: number) =>
    context.store.scores.recentOutcomes(id, { upToStep: to, limit: left });
  return asOneEngine(context.store, withInherited(context, run, upToStep, limit, read));
}

/** Evaluated checkpoints of the run's history up to a step, its parents' first. */
export function checkpointsOf(context: HistoryContext, run: string, upToStep: number): StoredCheckpoint[] {
  return withInherited(context, run, upToStep, Number.POSITIVE_INFINITY, (id, to) =>
    context.store.checkpoints.ofRun(id).filter(({ state, step }) => state === 'evaluated' && step <= to),
  );
}

/** What a run has of its own and, while that is fewer than `limit`, before it what its parents had up to where they parted. */
function withInherited<Known extends { readonly step: number }>(
  context: HistoryContext,
  run: string,
  upToStep: number,
  limit: number,
  read: (run: string, upToStep: number, limit: number) => readonly Known[],
): Known[] {
  let known = [...read(run, upToStep, limit)];
  let child = run;
  for (let i = 0; i < MOST_GENERATIONS && known.length < limit; i++) {
    const { parent, forkStep } = lineageOf(context, child);
    if (parent === null || forkStep === null) break;
    const before = Math.min(forkStep, (known[0]?.step ?? Number.MAX_SAFE_INTEGER) - 1);
    known = [...read(parent, before, limit - known.length), ...known];
    child = parent;
  }
  return known;
}

/** What the team says comes first; else it is looked for once, when the run's first checkpoint is judged. */
function lineageOf({ store, config }: HistoryContext, run: string): StoredLineage {
  const known = store.lineage.get(run);
  const said = runSettingsOf(config, store.runs.require(run).path)?.resumed_from ?? null;
  if (said !== null) {
    const parent = store.runs.get(said.run) ?? store.runs.list().find(({ name }) => name === said.run);
    if (parent !== undefined && parent.id !== run) {
      const lineage = { parent: parent.id, forkStep: said.step, why: 'The configuration says so (runs.resumed_from).' };
      if (known?.parent !== parent.id || known.forkStep !== said.step) store.lineage.put(run, lineage);
      return lineage;
    }
  }
  if (known !== null) return known;
  const lineage = lookFor(store, run);
  store.lineage.put(run, lineage);
  return lineage;
}

function lookFor(store: Store, run: string): StoredLineage {
  const first = store.checkpoints.ofRun(run)[0]?.step ?? 0;
  const candidates = store.runs.list().flatMap(({ id }) => {
    if (id === run || store.lineage.get(id)?.parent === run) return [];
    const steps = store.checkpoints
      .ofRun(id)
      .filter(({ state }) => state === 'evaluated')
      .map(({ step }) => step);
    return steps.some((step) => step < first) ? [{ run: id, steps, log: store.telemetry.range(id) }] : [];
  });
  const found = candidates.length === 0 ? null : findLineage(store.telemetry.range(run), first, candidates);
  return found ?? { parent: null, forkStep: null, why: 'No other run logged the same losses.' };
}

/** What a run gained and lost against its base model, as everybody is shown it: the API and the terminal read this one answer. */
import { nameOf } from '../domain/capability.ts';
import { LibraError } from '../domain/errors.ts';
import type { Store } from '../store/open-store.ts';
import { finiteOrNull } from '../system/json.ts';
import { type AlignmentTax, alignmentTax, type TaskBasis, type TaxRow } from '../trend/alignment-tax.ts';
import { findRun } from './find-run.ts';

/** Numbers that are not finite stand as null. */
export interface AlignmentTaxReply {
  run: string;
  model_type: string;
  base: { run: string; checkpoint: string; path: string };
  checkpoint: string;
  step: number;
  rows: ReturnType<typeof presentTaxRow>[];
  not_comparable: { task: string; reason: string }[];
}

/**
 * @param checkpoint of the run; its newest evaluated one by default
 * @throws LIBRA_RUN_UNKNOWN, LIBRA_NOT_FOUND when there is nothing to compare (yet), with why
 */
export function readAlignmentTax(store: Store, runName: string, checkpoint?: string): AlignmentTaxReply {
  const run = findRun(store, runName);
  const model = store.runModels.get(run.id);
  if (model === null) throw nothing(`no checkpoint of ${run.id} was evaluated yet`, 'Wait for the first one.');
  if (model.base === null) {
    throw nothing(`${run.id} names no base model`, 'Say what it started from: `base:` in its entry of `runs`.');
  }
  if (model.baseRun === null) {
    throw nothing(`the base model ${model.base} of ${run.id} was not found`, 'The log says where it was looked for.');
  }
  const evaluated = (id: string) => store.checkpoints.ofRun(id).filter(({ state }) => state === 'evaluated');
  const before = evaluated(model.baseRun).at(-1);
  if (before === undefined) {
    throw nothing(`the base model ${model.base} is not evaluated yet`, 'It is in the queue, or its log says why not.');
  }
  const after = evaluated(run.id)
    .filter(({ id }) => checkpoint === undefined || id === checkpoint)
    .at(-1);
  if (after === undefined) {
    throw nothing(`${checkpoint ?? `no checkpoint of ${run.id}`} is not evaluated yet`, 'Wait for it.');
  }
  const provenance = new Map(
    [before.id, after.id].map((id) => [id, new Map(store.provenance.ofCheckpoint(id).map((one) => [one.task, one]))]),
  );
  const outcomesOf = ({ id, step }: { readonly id: string; readonly step: number }) => ({
    checkpoint: id,
    step,
    outcomes: store.scores.outcomesOf(id),
  });
  const tasks = new Map(
    [before.id, after.id].flatMap((id) => [...provenance.get(id)!.values()]).map((one) => [one.task, one]),
  );
  const tax = alignmentTax(
    outcomesOf(before),
    outcomesOf(after),
    [...tasks.values()].map((one) => ({ ...one, name: one.task, metrics: one.probes })),
    (id, task): TaskBasis | null => provenance.get(id)?.get(task) ?? null,
  );
  return {
    run: run.id,
    model_type: model.type,
    base: { run: model.baseRun, checkpoint: before.id, path: before.path },
    checkpoint: after.id,
    step: after.step,
    ...presentTax(tax),
  };
}

export function presentTax({ rows, notComparable }: AlignmentTax) {
  return { rows: rows.map(presentTaxRow), not_comparable: notComparable.map((one) => ({ ...one })) };
}

function presentTaxRow(row: TaxRow) {
  const { capability, task, metric } = row.series;
  const { zh, en } = capability === null ? { zh: task ?? '', en: task ?? '' } : nameOf(capability);
  return {
    capability,
    task,
    name: { zh, en },
    metric,
    higher_is_better: row.higherIsBetter,
    base: finiteOrNull(row.base),
    tuned: finiteOrNull(row.tuned),
    difference: finiteOrNull(row.difference),
    stderr: finiteOrNull(row.stderr),
    ci95: row.ci95.map(finiteOrNull) as [number | null, number | null],
    n: row.n,
    adjusted_p: finiteOrNull(row.adjustedP),
    verdict: row.verdict,
    lost: row.lost,
    gained: row.gained,
    asked_differently: row.isAskedDifferently,
  };
}

function nothing(why: string, hint: string): LibraError {
  return new LibraError('LIBRA_NOT_FOUND', `There is nothing to compare: ${why}.`, { hint });
}

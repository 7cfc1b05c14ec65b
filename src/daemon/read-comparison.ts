/** Two checkpoints side by side, as everybody is shown them: the API and the terminal read this one answer. */
import { nameOf } from '../domain/capability.ts';
import type { MeasuredTask } from '../domain/task.ts';
import { finiteOrNull } from '../system/json.ts';
import { type Comparison, compareCheckpoints } from '../trend/compare.ts';
import { type AlignedTask, alignTask } from './align-sides.ts';
import type { ComparisonSide, SideText } from './comparison-side.ts';

/** Chance of a false find among all tasks (and among all nodes) that is taken. */
const SIGNIFICANT = 0.05;

export type ComparisonVerdict = 'better' | 'worse' | 'same' | 'unknown';

/** Numbers that are not finite stand as null. */
export interface ComparisonReply {
  a: ReturnType<typeof presentSide>;
  b: ReturnType<typeof presentSide>;
  rows: ReturnType<typeof presentRow>[];
  flips: ReturnType<typeof presentFlip>[];
  not_compared: { task: string; reason: string }[];
}

const byName = new Intl.Collator('en', { numeric: true }).compare;

/**
 * @param flips docs shown of each task that changed, in each direction
 */
export function readComparison(a: ComparisonSide, b: ComparisonSide, flips = 3): ComparisonReply {
  const notCompared: { task: string; reason: string }[] = [];
  const aligned = new Map<string, AlignedTask>();
  const tasks: MeasuredTask[] = [];
  for (const name of [...new Set([...a.tasks.keys(), ...b.tasks.keys()])].sort(byName)) {
    const [ofA, ofB] = [a.tasks.get(name), b.tasks.get(name)];
    if (ofA === undefined || ofB === undefined) {
      notCompared.push({ task: name, reason: `not measured on ${ofA === undefined ? 'a' : 'b'}` });
      continue;
    }
    const together = alignTask(ofA, ofB);
    if ('reason' in together) {
      notCompared.push({ task: name, reason: together.reason });
      continue;
    }
    aligned.set(name, together);
    const capabilities = ofA.capabilities.length > 0 ? ofA.capabilities : ofB.capabilities;
    tasks.push({ name, capabilities, primaryMetric: together.a.metric });
  }
  const both = [...aligned.values()];
  const compared = compareCheckpoints(
    { checkpoint: 'a', step: 0, outcomes: both.map((one) => one.a) },
    { checkpoint: 'b', step: 1, outcomes: both.map((one) => one.b) },
    tasks,
  );
  for (const { name } of tasks) {
    if (!compared.some(({ series }) => series.task === name)) {
      notCompared.push({ task: name, reason: 'neither its docs nor an error are known' });
    }
  }
  const rows = [
    ...compared.filter(({ series }) => series.capability !== null),
    ...compared.filter(({ series }) => series.capability === null),
  ];
  return {
    a: presentSide(a),
    b: presentSide(b),
    rows: rows.map(presentRow),
    flips: rows.flatMap((row) => flipsOf(a, b, row, aligned, flips)),
    not_compared: notCompared,
  };
}

/** Texts of the docs of a task that changed: those that were right and are wrong, then the other way round. */
function flipsOf(
  a: ComparisonSide,
  b: ComparisonSide,
  row: Comparison,
  aligned: ReadonlyMap<string, AlignedTask>,
  limit: number,
): ReturnType<typeof presentFlip>[] {
  const { task } = row.series;
  const verdict = verdictOf(row);
  if (task === null || (verdict !== 'better' && verdict !== 'worse') || limit === 0) return [];
  const { places } = aligned.get(task)!;
  const chosen = [
    ...row.lost.slice(0, limit).map(({ index }) => ({ place: places[index]!, change: 'lost' as const })),
    ...row.gained.slice(0, limit).map(({ index }) => ({ place: places[index]!, change: 'gained' as const })),
  ];
  const ofA = a.tasks.get(task)!.texts(chosen.map(({ place }) => place[0]));
  const ofB = b.tasks.get(task)!.texts(chosen.map(({ place }) => place[1]));
  return chosen.flatMap(({ place: [at, bt], change }) => {
    const [before, after] = [ofA.get(at), ofB.get(bt)];
    return before === undefined || after === undefined ? [] : [presentFlip(task, change, before, after)];
  });
}

function presentFlip(task: string, change: 'lost' | 'gained', before: SideText, after: SideText) {
  return {
    task,
    change,
    doc_id: before.docId,
    question: before.question || after.question,
    expected: before.expected || after.expected,
    a: before.answer,
    b: after.answer,
  };
}

function presentSide({ name, run, checkpoint, step, path, troubles }: ComparisonSide) {
  return { name, run, checkpoint, step, path, troubles: troubles.map((one) => ({ ...one })) };
}

function presentRow(row: Comparison) {
  const { capability, task, metric } = row.series;
  const { zh, en } = capability === null ? { zh: task ?? '', en: task ?? '' } : nameOf(capability);
  return {
    capability,
    task,
    name: { zh, en },
    metric,
    higher_is_better: row.higherIsBetter,
    a: finiteOrNull(row.a),
    b: finiteOrNull(row.b),
    difference: finiteOrNull(row.difference),
    stderr: finiteOrNull(row.stderr),
    ci95: row.ci95.map(finiteOrNull) as [number | null, number | null],
    n: row.n,
    is_paired: row.isPaired,
    p: finiteOrNull(row.p),
    adjusted_p: finiteOrNull(row.adjustedP),
    verdict: verdictOf(row),
    lost: row.lost.length,
    gained: row.gained.length,
  };
}

/** `same` only where the interval leaves no room for a change worth telling. */
function verdictOf({
  higherIsBetter,
  difference,
  ci95: [low, high],
  adjustedP,
  worthTelling,
}: Comparison): ComparisonVerdict {
  if (adjustedP < SIGNIFICANT) return difference > 0 === higherIsBetter ? 'better' : 'worse';
  return low > -worthTelling && high < worthTelling ? 'same' : 'unknown';
}

/** Samples -> what is measured of every task of their kind (see attach-measures.ts): one look at each answer, when all are there. Pure. */
import type { Sample } from '../../domain/sample.ts';
import type { Outcomes, Score } from '../../domain/score.ts';
import type { Task, TaskMeasure } from '../task.ts';
import type { AnsweredSlice } from './aggregate.ts';
import { efficiencyScores } from './efficiency.ts';
import { foundAnswer } from './found-answer.ts';
import type { AnsweredDoc, DocValue } from './metric.ts';
import { outcomeReach } from './outcome-reach.ts';
import { answeredDoc } from './score-doc.ts';
import { scoreOf } from './score-of.ts';

export interface AttachedMeasurement {
  readonly scores: readonly Score[];
  /** Of the measures that count into a probe: verdicts are made on those. */
  readonly outcomes: readonly Outcomes[];
}

export function measureAttached(slice: AnsweredSlice): AttachedMeasurement {
  const { task, samples, docs } = slice;
  const nested = samples.filter(({ index }) => index < docs);
  const columns = task.attached.map((measure) => ({ measure, values: new Map<number, DocValue>() }));
  for (const sample of samples) {
    for (const [place, value] of valuesOf(task, sample).entries()) {
      if (value !== null && !Number.isNaN(value.value)) columns[place]!.values.set(sample.index, value);
    }
  }
  // A doc that was answered may have no value of a measure (no pair of words, say); that is no failure.
  const failed = docs - nested.filter(({ answer }) => answer !== null).length;
  const valuesOfNested = (values: ReadonlyMap<number, DocValue>) =>
    [...values].flatMap(([index, value]) => (index < docs ? [value] : []));
  return {
    scores: [
      ...columns.map(({ measure, values }) => scoreOf(task, measure, valuesOfNested(values), failed)),
      ...efficiencyScores({ ...slice, samples: nested }),
    ],
    outcomes: columns
      .filter(({ measure }) => measure.metric.probe !== undefined)
      .map(({ measure, values }) => outcomesOf(task, measure, values, outcomeReach(slice))),
  };
}

function valuesOf(task: Task, { index, answer }: Sample): (DocValue | null)[] {
  const doc = task.docs[index];
  if (answer === null || doc === undefined) return [];
  const seen = new Map<TaskMeasure['pipeline'], AnsweredDoc>();
  return task.attached.map(({ metric, pipeline, options }) => {
    try {
      const known = seen.get(pipeline) ?? answeredDoc(task, doc, answer, pipeline);
      seen.set(pipeline, known);
      const isParsed = answer.kind === 'text' && metric.id === 'unparsed' && foundAnswer(pipeline, doc, answer.text);
      return metric.score(metric.id === 'unparsed' ? { ...known, isParsed } : known, options);
    } catch {
      // The answer could not be scored by the task's own metrics either, and its sample says why.
      return null;
    }
  });
}

function outcomesOf(task: Task, measure: TaskMeasure, found: ReadonlyMap<number, DocValue>, docs: number): Outcomes {
  const values = new Float32Array(docs).fill(Number.NaN);
  for (const [index, { value }] of found) if (index < docs) values[index] = value;
  const { id: metric, higherIsBetter } = measure;
  return { task: task.summary.name, metric, taskHash: task.summary.hash, higherIsBetter, values };
}

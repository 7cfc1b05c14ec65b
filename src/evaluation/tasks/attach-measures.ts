/**
 * What is measured of every task beside its own metrics, from the same answers: nothing is asked for it. It stays out of the task's hash
 * (what is asked, and how the file's own metrics are scored, is the same) and out of the harness's result entries.
 */
import type { OutputType } from '../../domain/task.ts';
import { looksForAnswer } from '../scoring/found-answer.ts';
import type { Metric } from '../scoring/metric.ts';
import { brier } from '../scoring/metrics/brier.ts';
import { cutOutput } from '../scoring/metrics/cut-output.ts';
import { distinct2 } from '../scoring/metrics/distinct-2.ts';
import { ece1Bin, ece10Bin } from '../scoring/metrics/ece.ts';
import { emptyOutput } from '../scoring/metrics/empty-output.ts';
import { goldBitsPerByte } from '../scoring/metrics/gold-bits-per-byte.ts';
import { nll } from '../scoring/metrics/nll.ts';
import { otherScript } from '../scoring/metrics/other-script.ts';
import { plattEce1Bin, plattEce10Bin } from '../scoring/metrics/platt-ece.ts';
import { repetition } from '../scoring/metrics/repetition.ts';
import { selectiveAccuracyAt10, selectiveArea } from '../scoring/metrics/selective-accuracy.ts';
import { unparsed } from '../scoring/metrics/unparsed.ts';
import type { FilterPipeline, TaskMeasure } from '../task.ts';

const OF_CHOICES: readonly Metric[] = [
  ece10Bin,
  ece1Bin,
  brier,
  nll,
  selectiveAccuracyAt10,
  selectiveArea,
  plattEce10Bin,
  plattEce1Bin,
];

const OF_TEXTS: readonly Metric[] = [repetition, distinct2, emptyOutput, cutOutput, otherScript];

export interface AttachedTo {
  readonly outputType: OutputType;
  readonly hasManyInputs: boolean;
  /** The task's own. */
  readonly measures: readonly TaskMeasure[];
}

/** Empty for tasks whose answers tell nothing more. What a task file measures itself is not measured twice. */
export function attachedMeasures({ outputType, hasManyInputs, measures }: AttachedTo): TaskMeasure[] {
  const pipelines = [...new Set(measures.map(({ pipeline }) => pipeline))];
  const [first] = pipelines;
  if (first === undefined) return [];
  const attached =
    outputType === 'multiple_choice'
      ? // With many inputs the choices are contexts: the right one has no bytes of its own.
        [...OF_CHOICES, ...(hasManyInputs ? [] : [goldBitsPerByte])].map((metric) => measureBy(metric, first))
      : outputType === 'generate_until'
        ? [...unparsedBy(pipelines), ...OF_TEXTS.map((metric) => measureBy(metric, first))]
        : [];
  const own = new Set(measures.map(({ id }) => id));
  return attached.filter(({ id }) => !own.has(id));
}

/** For every pipeline that looks for an answer at all; the first of them stands for the task in its probe. */
function unparsedBy(pipelines: readonly FilterPipeline[]): TaskMeasure[] {
  return pipelines.filter(looksForAnswer).map((pipeline, place) => {
    const { probe: _probe, ...others } = unparsed;
    const measure = measureBy(place === 0 ? unparsed : others, pipeline);
    return pipelines.length > 1 ? { ...measure, id: `${unparsed.id},${pipeline.name}` } : measure;
  });
}

function measureBy(metric: Metric, pipeline: FilterPipeline): TaskMeasure {
  const { id, aggregation, higherIsBetter } = metric;
  return { id, metric, pipeline, aggregation, higherIsBetter, options: {} };
}

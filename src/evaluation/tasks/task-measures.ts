/** The filters and metrics a task file names, found in their catalogues and checked. */
import { LibraError, messageOf } from '../../domain/errors.ts';
import { AGGREGATIONS } from '../scoring/aggregation.ts';
import { FILTERS } from '../scoring/filters/index.ts';
import { DEFAULT_METRICS, METRICS } from '../scoring/metrics/index.ts';
import { ROUGE_TYPES } from '../scoring/text-metrics/rouge.ts';
import type { FilterPipeline, TaskMeasure } from '../task.ts';
import { nearestTo } from './task-index.ts';
import type { TaskSettings } from './task-settings.ts';

/** `weight_by_size` says something about groups; many files have it here too. */
const ENTRY_KEYS = ['metric', 'aggregation', 'higher_is_better', 'hf_evaluate', 'weight_by_size'];

/** Other names of metrics. */
const ALSO_CALLED: Readonly<Record<string, string>> = { 'pass@k': 'pass_at_k' };

/** Metrics of Hugging Face evaluate that are the same here; others of its have a name of the harness's and give other numbers. */
const OF_HUGGING_FACE: readonly string[] = ['exact_match', 'accuracy', 'f1', ...ROUGE_TYPES];

type MetricEntry = { readonly metric: string; readonly [key: string]: unknown };

/**
 * Every metric over every filter pipeline, the task's first metric over its first pipeline first: verdicts are made on that one.
 * @throws LibraError LIBRA_TASK_INVALID
 */
export function measuresOf(settings: TaskSettings, file: string): TaskMeasure[] {
  const pipelines = pipelinesOf(settings, file);
  const entries =
    settings.metricList ?? DEFAULT_METRICS[settings.outputType]!.map((metric) => ({ metric }) as MetricEntry);
  if (entries.length === 0) throw invalid(file, '`metric_list` is empty', 'Name a metric, such as acc.');
  return pipelines.flatMap((pipeline) =>
    entries
      .flatMap(eachRouge)
      .flatMap((entry) => measuresOfEntry(entry, pipeline, pipelines.length > 1, settings, file)),
  );
}

/** `rouge` stands for all its kinds, or those of `rouge_types`. */
function eachRouge(entry: MetricEntry): MetricEntry[] {
  if (entry.metric !== 'rouge') return [entry];
  const { rouge_types: types, ...rest } = entry;
  return [(types as string[] | string | null | undefined) ?? ROUGE_TYPES]
    .flat()
    .map((type) => ({ ...rest, metric: type }));
}

function measuresOfEntry(
  entry: MetricEntry,
  pipeline: FilterPipeline,
  isOneOfMany: boolean,
  settings: TaskSettings,
  file: string,
): TaskMeasure[] {
  const called = ALSO_CALLED[entry.metric] ?? entry.metric;
  const named = METRICS.filter(({ id }) => id === called);
  const metric = named.find(({ outputTypes }) => outputTypes.includes(settings.outputType)) ?? named[0];
  if (metric === undefined) {
    const nearest = nearestTo(
      entry.metric,
      METRICS.map(({ id }) => id),
    );
    throw invalid(
      file,
      `the metric '${entry.metric}' is not known`,
      nearest === undefined ? `Known are ${METRICS.map(({ id }) => id).join(', ')}.` : `Did you mean '${nearest}'?`,
    );
  }
  if (!metric.outputTypes.includes(settings.outputType)) {
    throw invalid(
      file,
      `the metric '${metric.id}' does not fit output_type ${settings.outputType}`,
      `It is for ${metric.outputTypes.join(' and ')}.`,
    );
  }
  if (entry.hf_evaluate === true && !OF_HUGGING_FACE.includes(metric.id)) {
    throw invalid(
      file,
      `Hugging Face's '${metric.id}' (\`hf_evaluate: true\`) is not supported`,
      `Without \`hf_evaluate\` it is the '${metric.id}' of lm-evaluation-harness itself.`,
    );
  }
  const options = Object.fromEntries(Object.entries(entry).filter(([key]) => !ENTRY_KEYS.includes(key)));
  refuseUnknownOptions(options, metric.options, `the metric '${metric.id}'`, file);
  checked(() => metric.check?.(options, settings), `the metric '${metric.id}'`, file);
  if (metric.needsExecution === true && settings.execution === null) {
    throw invalid(
      file,
      `the metric '${metric.id}' needs to know how answers are run`,
      'Say under `execution` how an answer becomes a program and what it is checked with.',
    );
  }
  const aggregation = (entry.aggregation as string | null | undefined) ?? metric.aggregation;
  if (!AGGREGATIONS.some(({ id }) => id === aggregation)) {
    throw invalid(
      file,
      `the aggregation '${aggregation}' is not known`,
      `Known are ${AGGREGATIONS.map(({ id }) => id).join(', ')}.`,
    );
  }
  return (metric.variants?.(options) ?? [metric]).map((variant) => ({
    id: isOneOfMany ? `${variant.id},${pipeline.name}` : variant.id,
    metric: variant,
    pipeline,
    aggregation,
    higherIsBetter: (entry.higher_is_better as boolean | null | undefined) ?? variant.higherIsBetter,
    options,
  }));
}

function pipelinesOf(settings: TaskSettings, file: string): FilterPipeline[] {
  const listed = settings.filterList;
  if (listed === null || listed.length === 0)
    return [{ name: 'none', steps: [], takesFirst: settings.execution === null }];
  return listed.map(({ name, filter: functions }) => ({
    name,
    steps: functions.map(({ function: id, ...options }) => {
      const filter = FILTERS.find((known) => known.id === id);
      if (filter === undefined) {
        const nearest = nearestTo(
          id,
          FILTERS.map((known) => known.id),
        );
        throw invalid(
          file,
          `the filter '${id}' is not known`,
          nearest === undefined
            ? `Known are ${FILTERS.map((known) => known.id).join(', ')}.`
            : `Did you mean '${nearest}'?`,
        );
      }
      refuseUnknownOptions(options, filter.options, `the filter '${id}'`, file);
      checked(() => filter.check?.(options, settings), `the filter '${id}'`, file);
      return { filter, options };
    }),
  }));
}

function refuseUnknownOptions(options: object, known: readonly string[], whose: string, file: string): void {
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw invalid(
    file,
    `${whose} has no option \`${unknown}\``,
    known.length === 0 ? 'It takes none.' : `It takes ${known.join(', ')}.`,
  );
}

function checked(check: () => void, whose: string, file: string): void {
  try {
    check();
  } catch (error) {
    throw invalid(file, `${whose}: ${messageOf(error)}`, 'Correct its options in the task file.');
  }
}

function invalid(file: string, what: string, hint: string): LibraError {
  return new LibraError('LIBRA_TASK_INVALID', `${file}: ${what}.`, { hint });
}

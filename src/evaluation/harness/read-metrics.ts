/** The numbers of one task in a results file: `acc,none` and `acc_stderr,none` as they are now, `acc` and `acc_stderr` as they were. Pure. */
import type { RecordedMetric } from './recorded.ts';

/** Keys beside the numbers. */
const NO_METRIC = new Set(['alias', 'name', 'sample_len', 'sample_count', 'samples', 'task', 'group', ' ', '']);

const STDERR = '_stderr';

/** Less of it is better, whatever a file forgets to say. */
const LOWER_IS_BETTER =
  /perplexity|^bits_|_bits_|bits_per_byte|^ter$|^ece$|brier|^nll|loss$|^wer$|^cer$|^mae$|^mse$|^rmse$|error$|_err$|toxicity|likelihood_diff|pct_stereotype/;

/** Of several metrics none of which is declared first, the one people read. */
const USUAL = ['acc', 'exact_match', 'acc_norm', 'pass@1', 'pass_at_1', 'f1', 'em', 'mc2', 'mc1', 'bits_per_byte'];

export function readMetrics(
  entry: Readonly<Record<string, unknown>>,
  declared: Readonly<Record<string, unknown>>,
  config: Readonly<Record<string, unknown>>,
): RecordedMetric[] {
  const hasSeveral = filtersOf(entry).length > 1;
  return Object.entries(entry).flatMap(([key, value]): RecordedMetric[] => {
    if (!isMetric(key) || (typeof value !== 'number' && value !== null)) return [];
    const { metric, filter } = splitKey(key);
    const error = entry[key.includes(',') ? `${metric}${STDERR},${filter}` : `${metric}${STDERR}`];
    return [
      {
        id: metricId(metric, filter, hasSeveral),
        metric,
        filter,
        value: typeof value === 'number' ? value : Number.NaN,
        stderr: typeof error === 'number' ? error : Number.NaN,
        higherIsBetter: directionOf(metric, declared, config),
      },
    ];
  });
}

/** Id of a series: the pipeline is named where there are several. */
export function metricId(metric: string, filter: string, hasSeveral: boolean): string {
  return hasSeveral && filter !== 'none' ? `${metric},${filter}` : metric;
}

/** Names of the pipelines an entry has numbers of; empty for files from before there were any. */
export function filtersOf(entry: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(entry).flatMap((key) => (isMetric(key) && key.includes(',') ? [splitKey(key).filter] : []));
  return [...new Set(names)];
}

function isMetric(key: string): boolean {
  const { metric } = splitKey(key);
  return !NO_METRIC.has(metric) && !metric.endsWith(STDERR);
}

/** A metric's name may hold a comma only in what the harness never writes; the filter is what follows the first one. */
function splitKey(key: string): { readonly metric: string; readonly filter: string } {
  const at = key.indexOf(',');
  return at < 0 ? { metric: key.trim(), filter: 'none' } : { metric: key.slice(0, at), filter: key.slice(at + 1) };
}

export function directionOf(
  metric: string,
  declared: Readonly<Record<string, unknown>> = {},
  config: Readonly<Record<string, unknown>> = {},
): boolean {
  if (typeof declared[metric] === 'boolean') return declared[metric];
  const listed = listedMetrics(config).find((one) => one.metric === metric);
  if (typeof listed?.higher_is_better === 'boolean') return listed.higher_is_better;
  return !LOWER_IS_BETTER.test(metric);
}

/** What the task file declares first comes first; else what people read; else as the file has it. */
export function orderMetrics(
  metrics: readonly RecordedMetric[],
  config: Readonly<Record<string, unknown>>,
): RecordedMetric[] {
  const declared = listedMetrics(config).map(({ metric }) => metric);
  const filters = [config.filter_list ?? []].flat().map((one) => (one as { readonly name?: unknown } | null)?.name);
  const rank = (list: readonly unknown[], name: string) => (list.includes(name) ? list.indexOf(name) : list.length);
  return metrics
    .map((metric, place) => ({ metric, place }))
    .sort(
      (a, b) =>
        Number(!Number.isFinite(a.metric.value)) - Number(!Number.isFinite(b.metric.value)) ||
        rank(declared, a.metric.metric) - rank(declared, b.metric.metric) ||
        (declared.length > 0 ? 0 : rank(USUAL, a.metric.metric) - rank(USUAL, b.metric.metric)) ||
        rank(filters, a.metric.filter) - rank(filters, b.metric.filter) ||
        a.place - b.place,
    )
    .map(({ metric }) => metric);
}

function listedMetrics(config: Readonly<Record<string, unknown>>): { metric: unknown; higher_is_better?: unknown }[] {
  return Array.isArray(config.metric_list)
    ? config.metric_list.filter((one) => typeof one === 'object' && one !== null && 'metric' in one)
    : [];
}

/** One task of somebody's evaluation as scores, outcomes and samples of Libra's own. */

import { messageOf } from '../domain/errors.ts';
import type { Provenance } from '../domain/provenance.ts';
import type { Sample } from '../domain/sample.ts';
import type { Outcomes, Score } from '../domain/score.ts';
import { directionOf } from '../evaluation/harness/read-metrics.ts';
import { readSamplesFile } from '../evaluation/harness/read-samples-file.ts';
import type { ImportTrouble, RecordedMetric, RecordedSamples, RecordedTask } from '../evaluation/harness/recorded.ts';
import type { RankedTask } from '../evaluation/scoring/roll-up.ts';
import { stableId } from '../system/hash.ts';
import { canonicalJson } from '../system/json.ts';
import { VERSION } from '../system/version.ts';
import type { SegmentBook } from './imported-segments.ts';
import type { RecordedMeasurement } from './recorded-checkpoints.ts';

export interface MeasuredRecorded {
  readonly scores: readonly Score[];
  readonly outcomes: readonly Outcomes[];
  readonly samples: readonly Sample[];
  readonly provenance: Provenance;
  readonly ranked: RankedTask;
  /** Docs with samples; 0 where nothing but the aggregates is there. */
  readonly docs: number;
}

/** What is known of a task beyond its files. */
export interface TaskLabels {
  readonly capabilities: readonly string[];
  /** The metric verdicts are made on, the most wanted first: the first that was measured counts. */
  readonly primary: readonly string[];
}

/** Null when nothing of it can be taken; what could not be read is added to `troubles`. */
export async function measureRecorded(
  { name, task, by, file, samples: samplesFile }: RecordedMeasurement,
  labels: TaskLabels,
  book: SegmentBook,
  troubles: ImportTrouble[],
): Promise<MeasuredRecorded | null> {
  const samples = samplesFile === null ? null : await read(samplesFile.path, task, troubles);
  const metrics = metricsOf(task, samples);
  if (metrics.length === 0) {
    troubles.push({ path: file, reason: `Task ${name} has no number.` });
    return null;
  }
  const primary =
    labels.primary.map((id) => metrics.find((one) => one.id === id || one.metric === id)).find(Boolean) ?? metrics[0]!;
  const { taskHash, places } = book.place(name, task, samples, samples === null ? null : chanceOf(samples, primary.id));
  const length = places === null ? 0 : places.reduce((most, place) => Math.max(most, place + 1), 0);
  const basis = { task: name, taskHash, version: task?.version ?? '' };
  const measured = metrics.map((metric) => measure(metric, basis, task, samples, places, length));
  const docs = samples?.docs.length ?? 0;
  return {
    scores: measured.map(({ score }) => score),
    outcomes: measured.map(({ outcomes }) => outcomes),
    samples: samples === null ? [] : samplesOf(samples, places!),
    docs,
    ranked: {
      summary: { name, hash: taskHash, capabilities: labels.capabilities },
      measures: [primary, ...metrics.filter((one) => one !== primary)].map((metric) => ({
        id: metric.id,
        higherIsBetter: metric.higherIsBetter,
        metric: { id: metric.metric, unit: isProportion(metric) ? ('proportion' as const) : ('' as never) },
      })),
      attached: [],
    },
    provenance: {
      task: name,
      capabilities: labels.capabilities,
      primaryMetric: primary.id,
      probes: [],
      taskVersion: basis.version,
      taskHash,
      promptHash: stableId(canonicalJson(task?.recipe ?? {})),
      dataHash: '',
      file,
      dataFiles: samplesFile === null ? [] : [samplesFile.path],
      docs: {
        asked: task?.n ?? docs,
        answered: samples === null ? (task?.n ?? 0) : docs,
        of: task?.size ?? task?.n ?? docs,
      },
      fewshot: { shots: task?.shots ?? 0, sampler: 'default', seed: null, split: null },
      filters: Object.fromEntries(metrics.map(({ filter }) => [filter, []])),
      chat: describeChat(task),
      engine: by?.engine ?? 'lm-evaluation-harness',
      engineVersion: by?.engineVersion ?? '',
      dtype: by?.dtype ?? '',
      device: by?.device ?? '',
      isVerified: false,
      fingerprint: '',
      libraVersion: VERSION,
    },
  };
}

async function read(
  path: string,
  task: RecordedTask | null,
  troubles: ImportTrouble[],
): Promise<RecordedSamples | null> {
  try {
    const samples = await readSamplesFile(path, task);
    const hasDocs = samples.docs.length > 0;
    if (samples.trouble !== null) {
      const rest = hasDocs ? 'the other docs are taken' : 'no doc is left';
      troubles.push({ path, reason: `In part: ${samples.trouble}; ${rest}.` });
    } else if (!hasDocs) troubles.push({ path, reason: 'There is no doc in it.' });
    return hasDocs ? samples : null;
  } catch (error) {
    troubles.push({ path, reason: `It could not be read: ${messageOf(error)}.` });
    return null;
  }
}

/** Those of the results file, then those that only samples have; one without any number is none. */
function metricsOf(task: RecordedTask | null, samples: RecordedSamples | null): RecordedMetric[] {
  const listed = task?.metrics ?? [];
  const logged = [...(samples?.values ?? [])].flatMap(([id, values]): RecordedMetric[] => {
    if (listed.some((metric) => metric.id === id) || !values.some(Number.isFinite)) return [];
    const [metric = id, filter = 'none'] = id.split(',');
    return [{ id, metric, filter, value: Number.NaN, stderr: Number.NaN, higherIsBetter: directionOf(metric) }];
  });
  return [...listed, ...logged].filter(
    ({ id, value }) => Number.isFinite(value) || (samples?.values.get(id)?.some(Number.isFinite) ?? false),
  );
}

function measure(
  { id, value, stderr, higherIsBetter }: RecordedMetric,
  { task: name, taskHash, version }: { readonly task: string; readonly taskHash: string; readonly version: string },
  task: RecordedTask | null,
  samples: RecordedSamples | null,
  places: readonly number[] | null,
  length: number,
): { readonly score: Score; readonly outcomes: Outcomes } {
  const column = samples?.values.get(id);
  const known = column?.filter(Number.isFinite) ?? new Float64Array();
  const n = known.length;
  const mean = known.reduce((sum, each) => sum + each, 0) / n;
  const spread = Math.sqrt(known.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, n - 1) / n);
  const hasDocs = n > 0;
  const score: Score = {
    task: name,
    metric: id,
    value: Number.isFinite(value) ? value : mean,
    stderr: Number.isFinite(stderr)
      ? stderr
      : n > 1 && !Number.isFinite(value)
        ? spread
        : errorOf(value, n > 1 ? n : task?.n, spread),
    n: task?.n ?? (n > 0 ? n : sizeOf(value, stderr)),
    failed: hasDocs ? column!.length - n : 0,
    higherIsBetter,
    taskVersion: version,
    taskHash,
  };
  const values = new Float32Array(hasDocs ? length : 0).fill(Number.NaN);
  if (hasDocs)
    column!.forEach((each, i) => {
      values[places![i]!] = Number.isFinite(each) ? each : Number.NaN;
    });
  return { score, outcomes: { task: name, metric: id, taskHash, higherIsBetter, values } };
}

/** Docs of a proportion, by its standard error (over n - 1, as the harness has it); 0 where that does not tell. */
function sizeOf(value: number, stderr: number): number {
  return stderr > 0 && value > 0 && value < 1 ? Math.round((value * (1 - value)) / stderr ** 2) + 1 : 0;
}

/** Of a mean over docs the docs' own spread, else that of a proportion of n docs; NaN where neither is known. */
function errorOf(value: number, n: number | null | undefined, spread: number): number {
  if (Number.isFinite(spread)) return spread;
  if (n == null || n < 2 || value < 0 || value > 1) return Number.NaN;
  return Math.sqrt((value * (1 - value)) / (n - 1));
}

function samplesOf({ docs, values, answers }: RecordedSamples, places: readonly number[]): Sample[] {
  const columns = [...values];
  return docs.map((doc, i) => {
    const answer = answers[i] ?? null;
    return {
      index: places[i]!,
      docId: doc.id,
      // How many tokens it took is not in the files.
      answer: answer === null ? null : { kind: 'text', text: answer, tokens: 0 },
      error: null,
      values: Object.fromEntries(
        columns.flatMap(([id, column]) => (Number.isFinite(column[i]) ? [[id, column[i]!]] : [])),
      ),
    };
  });
}

/**
 * As of the library's tasks: the larger of uniform guessing and always giving the commonest answer, where answers repeat.
 * 0 where the docs do clearly worse than guessing would: then the log's choices are not what was chosen from.
 */
function chanceOf({ docs, values }: RecordedSamples, metric: string): number | null {
  const scored = values.get(metric)?.filter(Number.isFinite);
  if (scored === undefined || scored.length === 0 || docs.some(({ choices }) => choices < 2)) return null;
  const uniform = docs.reduce((sum, { choices }) => sum + 1 / choices, 0) / docs.length;
  const mean = scored.reduce((sum, each) => sum + each, 0) / scored.length;
  if (mean < uniform - CLEARLY * Math.sqrt((uniform * (1 - uniform)) / scored.length)) return 0;
  const answers = new Map<string, number>();
  for (const { expected } of docs) answers.set(expected, (answers.get(expected) ?? 0) + 1);
  // A log that names no answers, or one alone, says nothing of guessing.
  const commonest = answers.size > 1 ? Math.max(...answers.values()) : 0;
  return Math.max(uniform, commonest / docs.length);
}

/** Standard errors. */
const CLEARLY = 3;

function isProportion({ metric, value }: RecordedMetric): boolean {
  return !/perplexity|bits|likelihood/.test(metric) && !(value < 0 || value > 1);
}

function describeChat(task: RecordedTask | null): string | null {
  const template = task?.recipe.chat_template;
  return typeof template === 'string' && template !== 'none' ? `chat template ${template}` : null;
}

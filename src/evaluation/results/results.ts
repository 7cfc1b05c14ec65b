/** Results and samples in lm-evaluation-harness's result schema, so that whatever reads its files reads ours. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelDescription } from '../../domain/language-model.ts';
import type { Score } from '../../domain/score.ts';
import { writeFileAtomic } from '../../system/files.ts';
import { sha256 } from '../../system/hash.ts';
import { PLAIN_PROMPTING } from '../asking/prompting.ts';
import { pythonJson } from '../python/python-json.ts';
import { asFloat, type PythonFloat } from '../python/python-value.ts';
import { type AnsweredSlice, docValue, measureCheckpoint } from '../scoring/aggregate.ts';
import { aggregationOf } from '../scoring/aggregation.ts';
import { HARNESS_ITERATIONS, harnessStderr } from '../scoring/harness-stderr.ts';
import type { Task, TaskMeasure } from '../task.ts';
import { groupsWithin, type TaskGroup } from '../tasks/task-group.ts';
import { beyondHarness } from './beyond-harness.ts';
import { groupMembers, groupScores, type ResultEntry } from './group-scores.ts';
import { type HarnessSample, harnessSamples, inFileOrder } from './results-samples.ts';

export interface EvaluationFacts {
  /** Directory of the checkpoint. */
  readonly checkpoint: string;
  readonly fingerprint: string;
  readonly model: ModelDescription;
  readonly limit: number | null;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly seconds: number;
  readonly libraVersion: string;
  /** How often errors are resampled where the harness does; its default when left out. */
  readonly bootstrapIterations?: number;
}

/**
 * Writes `results.json` and one `samples_<task>.jsonl` a task; the directory is made if need be.
 * @param measured scores of the slices, where they are known already
 */
export async function writeResults(
  directory: string,
  slices: readonly AnsweredSlice[],
  facts: EvaluationFacts,
  groups: readonly TaskGroup[] = [],
  measured: readonly Score[] = measureCheckpoint(slices).scores,
): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const hashes: Record<string, string> = {};
  const files: string[] = [];
  for (const slice of slices) {
    const { name } = slice.task.summary;
    const samples = harnessSamples(slice);
    hashes[name] = sha256(samples.map(hashesOf).join(''));
    const file = join(directory, `samples_${name.replaceAll('/', '__')}.jsonl`);
    await writeFileAtomic(file, samples.map((sample) => `${JSON.stringify(sample)}\n`).join(''));
    files.push(file);
  }
  const results = join(directory, 'results.json');
  await writeFileAtomic(
    results,
    `${pythonJson({ ...resultsOf(slices, facts, groups, measured), task_hashes: hashes })}\n`,
  );
  return [results, ...files];
}

const hashesOf = ({ doc_hash, prompt_hash, target_hash }: HarnessSample) => doc_hash + prompt_hash + target_hash;

function resultsOf(
  slices: readonly AnsweredSlice[],
  facts: EvaluationFacts,
  groups: readonly TaskGroup[],
  measured: readonly Score[],
): Record<string, unknown> {
  const perTask = <T>(value: (slice: AnsweredSlice) => T) =>
    Object.fromEntries(slices.map((slice) => [slice.task.summary.name, value(slice)]));
  const iterations = facts.bootstrapIterations ?? HARNESS_ITERATIONS;
  const results = perTask((slice) => metricsOf(slice, iterations));
  const scores = groupScores(groups, results);
  const aggregated = Object.entries(scores).filter(([, score]) => 'sample_len' in score);
  const { systemInstruction, chat } =
    (slices.find(({ task }) => task.prompting.chat !== null) ?? slices[0])?.task.prompting ?? PLAIN_PROMPTING;
  return {
    results: { ...results, ...scores },
    ...(aggregated.length > 0 ? { groups: Object.fromEntries(aggregated) } : {}),
    group_subtasks: groupMembers(groups),
    configs: perTask(({ task }) => configOf(task)),
    versions: {
      ...perTask(({ task }) => asVersion(task.summary.version)),
      ...Object.fromEntries(groups.flatMap(groupsWithin).map(({ name, version }) => [name, version])),
    },
    'n-shot': perTask(({ task }) => task.summary.numFewshot),
    higher_is_better: perTask(({ task }) =>
      Object.fromEntries(task.measures.map(({ metric, higherIsBetter }) => [metric.id, higherIsBetter])),
    ),
    'n-samples': perTask((slice) => ({ original: slice.task.summary.size, effective: scoredDocs(slice) })),
    config: {
      model: facts.model.engine,
      model_args: { pretrained: facts.checkpoint, dtype: facts.model.dtype, fingerprint: facts.fingerprint },
      model_dtype: facts.model.dtype,
      engine_version: facts.model.engineVersion,
      is_verified: facts.model.isVerified,
      batch_size: null,
      batch_sizes: [],
      device: facts.model.device,
      use_cache: null,
      limit: facts.limit,
      bootstrap_iters: iterations,
      gen_kwargs: null,
      random_seed: null,
      numpy_seed: null,
      torch_seed: null,
      fewshot_seed: 1234,
    },
    date: facts.startedAt / 1000,
    libra_version: facts.libraVersion,
    ...NOT_OURS,
    max_length: facts.model.maxLength,
    model_source: facts.model.engine,
    model_name: facts.checkpoint,
    model_name_sanitized: facts.checkpoint.replaceAll(/["<>:/|\\?*[\]]+/g, '__'),
    system_instruction: systemInstruction,
    system_instruction_sha: systemInstruction === null ? null : sha256(systemInstruction),
    fewshot_as_multiturn: chat?.isMultiturn ?? false,
    chat_template: chat?.template ?? null,
    chat_template_sha: chat === null ? null : sha256(chat.template),
    total_evaluation_time_seconds: String(facts.seconds),
    libra: beyondHarness(slices, measured, facts),
  };
}

/** What the harness says of its own installation; its readers look for the keys. */
const NOT_OURS = {
  git_hash: null,
  upper_git_hash: null,
  pretty_env_info: null,
  lm_eval_version: null,
  transformers_version: null,
  tokenizer_pad_token: null,
  tokenizer_eos_token: null,
  tokenizer_bos_token: null,
  eot_token_id: null,
};

/** `acc,none` and `acc_stderr,none`; "N/A" where the harness, too, has no error. */
function metricsOf(slice: AnsweredSlice, iterations: number): ResultEntry {
  const { task } = slice;
  // Its draws depend on the order of the docs: that of the data file.
  const samples = inFileOrder(slice);
  const entries = task.measures.flatMap((measure) => {
    const docs = samples.flatMap((sample) => docValue(measure, sample) ?? []);
    const value = docs.length === 0 ? Number.NaN : aggregationOf(measure.aggregation).value(docs);
    return [
      [keyOf(measure, ''), finiteOr(value, null)],
      [keyOf(measure, '_stderr'), finiteOr(harnessStderr(measure, docs, iterations), 'N/A')],
    ];
  });
  return {
    name: task.summary.name,
    alias: task.settings.alias,
    sample_len: scoredDocs(slice),
    ...Object.fromEntries(entries),
  };
}

/** Docs with a value under the measure that has the most. */
function scoredDocs({ task, samples }: AnsweredSlice): number {
  return Math.max(
    0,
    ...task.measures.map((measure) => samples.filter((one) => docValue(measure, one) !== null).length),
  );
}

function keyOf({ metric, pipeline }: TaskMeasure, suffix: string): string {
  return `${metric.id}${suffix},${pipeline.name}`;
}

function finiteOr<T>(value: number, otherwise: T): number | PythonFloat | T {
  return Number.isFinite(value) ? asFloat(value) : otherwise;
}

/** The task file with the defaults that decide what is asked. */
function configOf(task: Task): Record<string, unknown> {
  const { settings } = task;
  return {
    ...settings.raw,
    output_type: settings.outputType,
    description: settings.description,
    target_delimiter: settings.targetDelimiter,
    fewshot_delimiter: settings.fewshot.delimiter,
    num_fewshot: settings.numFewshot,
    fewshot_config: fewshotConfigOf(task),
    metadata: settings.raw.metadata ?? null,
    should_decontaminate: false,
    unsafe_code: false,
    repeats: settings.repeats,
    ...(settings.outputType === 'generate_until' ? { generation_kwargs: settings.generation.kwargs } : {}),
    libra_task_hash: task.summary.hash,
  };
}

function fewshotConfigOf({ settings: { fewshot } }: Task): Record<string, unknown> {
  return {
    sampler: fewshot.sampler,
    split: fewshot.split,
    process_docs: null,
    samples: fewshot.samples,
    fewshot_indices: fewshot.indices,
    doc_to_text: fewshot.docToText,
    doc_to_choice: fewshot.docToChoice,
    doc_to_target: fewshot.docToTarget,
    gen_prefix: fewshot.genPrefix,
    fewshot_delimiter: fewshot.delimiter,
    target_delimiter: fewshot.targetDelimiter,
  };
}

/** Versions are numbers in the harness's results where the file has a number. */
function asVersion(version: string): unknown {
  return version !== '' && Number.isFinite(Number(version)) ? asFloat(Number(version)) : version;
}

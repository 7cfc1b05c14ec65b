/** Results and samples in lm-evaluation-harness's result schema, so that whatever reads its files reads ours. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModelDescription } from '../domain/language-model.ts';
import type { Score } from '../domain/score.ts';
import { writeFileAtomic } from '../system/files.ts';
import { sha256 } from '../system/hash.ts';
import { type AnsweredSlice, scoresOf } from './aggregate.ts';
import { groupMembers, groupScores, type ResultEntry } from './group-scores.ts';
import { PLAIN_PROMPTING } from './prompting.ts';
import { asFloat } from './python/python-value.ts';
import { type HarnessSample, harnessSamples } from './results-samples.ts';
import type { Task, TaskMeasure } from './task.ts';
import { groupsWithin, type TaskGroup } from './task-group.ts';

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
}

/** Writes `results.json` and one `samples_<task>.jsonl` a task; the directory is made if need be. */
export async function writeResults(
  directory: string,
  slices: readonly AnsweredSlice[],
  facts: EvaluationFacts,
  groups: readonly TaskGroup[] = [],
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
    `${JSON.stringify({ ...resultsOf(slices, facts, groups), task_hashes: hashes }, null, 2)}\n`,
  );
  return [results, ...files];
}

const hashesOf = ({ doc_hash, prompt_hash, target_hash }: HarnessSample) => doc_hash + prompt_hash + target_hash;

function resultsOf(
  slices: readonly AnsweredSlice[],
  facts: EvaluationFacts,
  groups: readonly TaskGroup[],
): Record<string, unknown> {
  const perTask = <T>(value: (slice: AnsweredSlice) => T) =>
    Object.fromEntries(slices.map((slice) => [slice.task.summary.name, value(slice)]));
  const name = facts.checkpoint.replaceAll(/[^\w.-]+/g, '__');
  const results = perTask(metricsOf);
  const scores = groupScores(groups, results);
  const aggregated = Object.entries(scores).filter(([, score]) => 'sample_len' in score);
  const { systemInstruction, chat } = slices[0]?.task.prompting ?? PLAIN_PROMPTING;
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
    'n-samples': perTask(({ task, samples }) => ({ original: task.summary.size, effective: samples.length })),
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
      bootstrap_iters: 0,
      gen_kwargs: null,
      fewshot_seed: 1234,
    },
    date: facts.startedAt / 1000,
    libra_version: facts.libraVersion,
    max_length: facts.model.maxLength,
    model_source: facts.model.engine,
    model_name: facts.checkpoint,
    model_name_sanitized: name,
    system_instruction: systemInstruction,
    system_instruction_sha: systemInstruction === null ? null : sha256(systemInstruction),
    fewshot_as_multiturn: chat?.isMultiturn ?? false,
    chat_template: chat?.template ?? null,
    chat_template_sha: chat === null ? null : sha256(chat.template),
    total_evaluation_time_seconds: String(facts.seconds),
  };
}

/** `acc,none` and `acc_stderr,none`; "N/A" where the harness, too, has no error. */
function metricsOf({ task, samples, docs }: AnsweredSlice): ResultEntry {
  const scores = new Map(scoresOf(task, samples, docs).map((score) => [score.metric, score]));
  const entries = task.measures.flatMap((measure) => {
    const score = scores.get(measure.id)!;
    return [
      [keyOf(measure, ''), finiteOr(score.value, null)],
      [keyOf(measure, '_stderr'), finiteOr(score.stderr, 'N/A')],
    ];
  });
  const scored = Math.max(0, ...[...scores.values()].map(({ n }: Score) => n));
  return { name: task.summary.name, alias: task.settings.alias, sample_len: scored, ...Object.fromEntries(entries) };
}

function keyOf({ metric, pipeline }: TaskMeasure, suffix: string): string {
  return `${metric.id}${suffix},${pipeline.name}`;
}

function finiteOr<T>(value: number, otherwise: T): number | T {
  return Number.isFinite(value) ? value : otherwise;
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
    repeats: settings.repeats,
    ...(settings.outputType === 'generate_until' ? { generation_kwargs: settings.generation.kwargs } : {}),
    libra_task_hash: task.summary.hash,
  };
}

/** Versions are numbers in the harness's results where the file has a number. */
function asVersion(version: string): unknown {
  return version !== '' && Number.isFinite(Number(version)) ? asFloat(Number(version)) : version;
}

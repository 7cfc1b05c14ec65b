/** What a task file says, checked and with every default filled in as lm-evaluation-harness fills it. */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import type { OutputType, TaskCard } from '../../domain/task.ts';
import { type LocalLayout, readLocalLayouts } from '../data/local-layout.ts';
import { type RowFilter, readRowFilter } from '../data/row-filter.ts';
import { type ExecutionSettings, readExecution } from '../execution/execution-settings.ts';
import { numberIn, PythonFloat, pythonStr } from '../python/python-value.ts';
import type { TaskFile } from './read-task-file.ts';
import type { YamlFields } from './read-yaml.ts';
import { refuseUnknownKeys, refuseWhatNeedsPython } from './refuse-task-keys.ts';
import { readCapabilities } from './task-capabilities.ts';
import { CARD_KEYS, readCard } from './task-card.ts';
import { PERTURBING_KEYS, type Perturbing, readPerturbing } from './task-perturbing.ts';

const number = z.preprocess(
  (value) => (typeof value === 'string' && value !== '' ? Number(value) : numberIn(value)),
  z.number(),
);
const wholeNumber = number.pipe(z.number().int().min(0));
const template = z.union([z.string(), z.number()]).transform(String);
const textOrList = z.union([z.string(), z.array(z.union([z.string(), z.number()]).transform(String))]);
const fields = z.record(z.string(), z.unknown());
const choices = z.union([z.string(), z.array(z.unknown()), fields]);
const target = z.union([z.string(), z.number(), z.array(z.unknown())]);

const fewshotConfig = z.strictObject({
  sampler: z.string().default('default'),
  split: z.string().nullish(),
  samples: z.array(fields).nullish(),
  fewshot_indices: z.array(wholeNumber).nullish(),
  doc_to_text: template.nullish(),
  doc_to_choice: choices.nullish(),
  doc_to_target: target.nullish(),
  gen_prefix: z.string().nullish(),
  fewshot_delimiter: z.string().nullish(),
  target_delimiter: z.string().nullish(),
  process_docs: z.null().optional(),
});

const metricEntry = z.looseObject({
  metric: z.string(),
  aggregation: z.string().nullish(),
  higher_is_better: z.boolean().nullish(),
  hf_evaluate: z.boolean().nullish(),
});

const filterPipeline = z.object({
  name: z.string(),
  filter: z.array(z.looseObject({ function: z.string() })),
});

const schema = z.object({
  task: z.string().min(1),
  task_alias: z.string().nullish(),
  dataset_path: z.string().nullish(),
  dataset_name: template.nullish(),
  dataset_kwargs: fields.nullish(),
  training_split: z.string().nullish(),
  validation_split: z.string().nullish(),
  test_split: z.string().nullish(),
  fewshot_split: z.string().nullish(),
  output_type: z
    .enum(['multiple_choice', 'loglikelihood', 'loglikelihood_rolling', 'generate_until'])
    .default('generate_until'),
  doc_to_text: template.nullish(),
  doc_to_target: target.nullish(),
  doc_to_choice: choices.nullish(),
  description: z.string().nullish(),
  target_delimiter: z.string().nullish(),
  fewshot_delimiter: z.string().nullish(),
  fewshot_config: fewshotConfig.nullish(),
  num_fewshot: wholeNumber.nullish(),
  metric_list: z.array(metricEntry).nullish(),
  generation_kwargs: fields.nullish(),
  repeats: wholeNumber.default(1),
  filter_list: z.array(filterPipeline).nullish(),
  gen_prefix: z.string().nullish(),
  metadata: z.unknown().optional(),
  capabilities: z.unknown().optional(),
  execution: z.unknown().optional(),
  rows: z.unknown().optional(),
  local: z.unknown().optional(),
  needs: z.string().nullish(),
  cluster_by: z.string().nullish(),
});

const KEYS = [...Object.keys(schema.shape), ...CARD_KEYS, ...PERTURBING_KEYS];

type FewshotSettings = {
  readonly sampler: 'default' | 'first_n';
  readonly split: string | null;
  readonly samples: readonly YamlFields[] | null;
  readonly indices: readonly number[] | null;
  readonly docToText: string;
  readonly docToTarget: z.output<typeof target> | null;
  readonly docToChoice: z.output<typeof choices> | null;
  readonly genPrefix: string | null;
  readonly delimiter: string;
  readonly targetDelimiter: string;
};

interface GenerationSettings {
  readonly until: readonly string[];
  readonly maxGenToks: number;
  readonly temperature: number;
  readonly topP: number | null;
  readonly seed: number | null;
  /** As the file has it, defaults included: what the harness writes into its samples. */
  readonly kwargs: YamlFields;
}

export interface TaskSettings {
  readonly name: string;
  readonly alias: string;
  readonly version: string;
  readonly capabilities: readonly string[];
  /** The column that docs of one passage or subject share; null where the file names none. */
  readonly clusterBy: string | null;
  readonly card: TaskCard;
  readonly perturbing: Perturbing;
  readonly outputType: OutputType;
  readonly datasetPath: string | null;
  readonly datasetName: string | null;
  readonly datasetKwargs: YamlFields;
  /** Which rows are docs; null for all. */
  readonly rows: RowFilter | null;
  /** Where else the data set may lie, and in which form. */
  readonly local: readonly LocalLayout[];
  /** What evaluating it takes that Libra does not have, such as a judge; null for nothing. */
  readonly needs: string | null;
  readonly trainingSplit: string | null;
  readonly validationSplit: string | null;
  readonly testSplit: string | null;
  readonly docToText: string;
  readonly docToTarget: z.output<typeof target>;
  readonly docToChoice: z.output<typeof choices> | null;
  readonly description: string;
  readonly targetDelimiter: string;
  /** Also between a system instruction and the description. */
  readonly fewshotDelimiter: string;
  readonly genPrefix: string | null;
  readonly numFewshot: number;
  readonly fewshot: FewshotSettings;
  readonly generation: GenerationSettings;
  readonly repeats: number;
  /** How answers are run as programs; null when they are not. */
  readonly execution: ExecutionSettings | null;
  readonly filterList: readonly z.output<typeof filterPipeline>[] | null;
  readonly metricList: readonly z.output<typeof metricEntry>[] | null;
  /** The merged file, for results that echo a task's configuration. */
  readonly raw: YamlFields;
}

/**
 * @param numFewshot replaces the file's number, unless the file insists on 0 (as the harness does it)
 * @throws LibraError LIBRA_TASK_INVALID naming the file, the key and, for a Python function, its line
 */
export function readSettings(file: TaskFile, overrides: YamlFields = {}, numFewshot?: number): TaskSettings {
  const raw = { ...file.fields, ...overrides };
  refuseWhatNeedsPython(raw, file.path);
  refuseUnknownKeys(raw, KEYS, file.path);
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(file.path, `\`${issue.path.join('.')}\`: ${issue.message}`, 'Correct that key in the task file.');
  }
  const task = parsed.data;
  if (task.doc_to_text == null && task.output_type !== 'loglikelihood_rolling') {
    throw invalid(
      file.path,
      '`doc_to_text` is missing',
      'Say with a column name or a Jinja template what the model is asked.',
    );
  }
  if (task.doc_to_target == null) {
    throw invalid(
      file.path,
      '`doc_to_target` is missing',
      'Say with a column name or a Jinja template what the right answer is.',
    );
  }
  if (task.output_type === 'multiple_choice' && task.doc_to_choice == null) {
    throw invalid(file.path, '`doc_to_choice` is missing', 'A multiple_choice task lists its choices there.');
  }
  const targetDelimiter = task.target_delimiter ?? ' ';
  const fewshotDelimiter = task.fewshot_delimiter ?? '\n\n';
  const shots = task.fewshot_config ?? fewshotConfig.parse({});
  if (shots.sampler !== 'default' && shots.sampler !== 'first_n') {
    throw invalid(file.path, `the few-shot sampler '${shots.sampler}' is not known`, "Use 'default' or 'first_n'.");
  }
  return {
    name: task.task,
    alias: task.task_alias ?? task.task,
    version: versionOf(task.metadata),
    capabilities: readCapabilities(raw, file.path),
    card: readCard(raw, file.path),
    perturbing: readPerturbing(raw, file.path),
    outputType: task.output_type,
    datasetPath: task.dataset_path ?? null,
    datasetName: task.dataset_name ?? null,
    datasetKwargs: task.dataset_kwargs ?? {},
    rows: readRowFilter(task.rows, file.path),
    local: readLocalLayouts(raw, file.path),
    needs: task.needs ?? null,
    clusterBy: task.cluster_by ?? clusterBy(task.metadata),
    trainingSplit: task.training_split ?? null,
    validationSplit: task.validation_split ?? null,
    testSplit: task.test_split ?? null,
    docToText: task.doc_to_text ?? '',
    docToTarget: task.doc_to_target,
    docToChoice: task.doc_to_choice ?? null,
    description: task.description ?? '',
    targetDelimiter,
    fewshotDelimiter,
    genPrefix: task.gen_prefix ?? null,
    numFewshot: task.num_fewshot === 0 ? 0 : (numFewshot ?? task.num_fewshot ?? 0),
    fewshot: {
      sampler: shots.sampler,
      split: shots.split ?? task.fewshot_split ?? null,
      samples: shots.samples ?? null,
      indices: shots.fewshot_indices ?? null,
      docToText: shots.doc_to_text ?? task.doc_to_text ?? '',
      docToTarget: shots.doc_to_target ?? task.doc_to_target,
      docToChoice: shots.doc_to_choice ?? task.doc_to_choice ?? null,
      genPrefix: shots.gen_prefix ?? task.gen_prefix ?? null,
      delimiter: shots.fewshot_delimiter ?? fewshotDelimiter,
      targetDelimiter: shots.target_delimiter ?? targetDelimiter,
    },
    generation: readGeneration(task.generation_kwargs ?? null, fewshotDelimiter, file.path),
    // Asking nothing is no way of asking; the harness, too, takes one answer then.
    repeats: Math.max(1, task.repeats),
    execution: readExecution(task.execution, file.path),
    filterList: task.filter_list ?? null,
    metricList: task.metric_list ?? null,
    raw,
  };
}

/** @throws LibraError LIBRA_TASK_NOT_RUNNABLE for a task that is listed, but takes more than a language model's answers */
export function refuseWhatNeedsMore({ name, needs, card }: TaskSettings): void {
  if (needs === null) return;
  throw new LibraError('LIBRA_TASK_NOT_RUNNABLE', `The task '${name}' is listed, not run: it needs ${needs}.`, {
    hint:
      card.source === null ? 'Leave it out of the tasks asked for.' : `Its data: ${card.source.replace(/\.$/, '')}.`,
  });
}

const generationSchema = z.looseObject({
  until: textOrList.nullish(),
  max_gen_toks: wholeNumber.nullish(),
  max_new_tokens: wholeNumber.nullish(),
  max_tokens: wholeNumber.nullish(),
  max_completion_tokens: wholeNumber.nullish(),
  do_sample: z.boolean().nullish(),
  temperature: number.nullish(),
  top_p: number.nullish(),
  seed: wholeNumber.nullish(),
});

/** Greedy unless the file samples; 256 tokens; cut at the few-shot delimiter when it names no stop text. */
function readGeneration(kwargs: YamlFields | null, fewshotDelimiter: string, file: string): GenerationSettings {
  const filled: YamlFields =
    kwargs === null
      ? { temperature: new PythonFloat(0), do_sample: false, max_gen_toks: 256, until: [fewshotDelimiter] }
      : { ...kwargs, ...('until' in kwargs ? {} : { until: [fewshotDelimiter] }) };
  const parsed = generationSchema.safeParse(filled);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(
      file,
      `\`generation_kwargs.${issue.path.join('.')}\`: ${issue.message}`,
      'Correct that key in the task file.',
    );
  }
  const { data } = parsed;
  const temperature = data.do_sample === false ? 0 : (data.temperature ?? 0);
  return {
    until: [data.until ?? []].flat(),
    maxGenToks: data.max_gen_toks ?? data.max_new_tokens ?? data.max_tokens ?? data.max_completion_tokens ?? 256,
    temperature,
    topP: temperature > 0 ? (data.top_p ?? null) : null,
    seed: data.seed ?? null,
    kwargs: filled,
  };
}

/** A file that the harness must read too names the column under `metadata`. */
function clusterBy(metadata: unknown): string | null {
  const column = typeof metadata === 'object' && metadata !== null ? (metadata as YamlFields).cluster_by : undefined;
  return typeof column === 'string' ? column : null;
}

function versionOf(metadata: unknown): string {
  const version = typeof metadata === 'object' && metadata !== null ? (metadata as YamlFields).version : undefined;
  // The harness calls a task without a version "Yaml".
  return version == null ? 'Yaml' : pythonStr(version);
}

function invalid(file: string, what: string, hint: string): LibraError {
  return new LibraError('LIBRA_TASK_INVALID', `${file}: ${what}.`, { hint });
}

/** One results file of lm-evaluation-harness, of any of its versions, as plain values. */
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { parseTolerantJson } from '../../system/json.ts';
import { filtersOf, orderMetrics, readMetrics } from './read-metrics.ts';
import { commonRecipe, taskRecipe } from './read-recipe.ts';
import type { RecordedResults, RecordedTask } from './recorded.ts';

const fields = z.record(z.string(), z.unknown());
const byTask = z.record(z.string(), fields).catch({});

/** Only `results` must be there; whatever else is not what it should be is taken as not said. */
const resultsFile = z.looseObject({
  results: z.record(z.string(), z.unknown()),
  groups: fields.catch({}).default({}),
  group_subtasks: z.record(z.string(), z.array(z.string())).catch({}).default({}),
  configs: byTask.default({}),
  versions: fields.catch({}).default({}),
  'n-shot': fields.catch({}).default({}),
  higher_is_better: byTask.default({}),
  'n-samples': byTask.default({}),
  task_hashes: fields.catch({}).default({}),
  config: fields.catch({}).default({}),
  date: z.number().nullable().catch(null).default(null),
});

export type ResultsFile = z.output<typeof resultsFile>;

/**
 * Reads and understands a results file (gzipped too).
 * @throws Error whose message says in a clause what is wrong with it
 */
export async function readResultsFile(path: string): Promise<RecordedResults> {
  const bytes = await readFile(path);
  const text = (path.endsWith('.gz') ? await promisify(gunzip)(bytes) : bytes).toString('utf8');
  return readResults(text);
}

/** @throws Error whose message says in a clause what is wrong */
export function readResults(text: string): RecordedResults {
  if (text.trim() === '') throw new Error('it is empty');
  let raw: unknown;
  try {
    raw = parseTolerantJson(text);
  } catch {
    throw new Error('it is no whole JSON, as if it was cut off');
  }
  const parsed = resultsFile.safeParse(raw);
  if (!parsed.success) throw new Error('it has no `results` by task');
  const file = parsed.data;
  const entries = Object.entries(file.results).filter((entry): entry is [string, Record<string, unknown>] =>
    isFields(entry[1]),
  );
  const groups = groupsOf(file, new Set(entries.map(([name]) => name)));
  const common = commonRecipe(file);
  return {
    tasks: entries.flatMap(([name, entry]) => (groups.has(name) ? [] : (readTask(file, common, name, entry) ?? []))),
    groups: [...groups],
    at: file.date === null || !Number.isFinite(file.date) ? null : Math.round(file.date * 1000),
    modelTexts: modelTextsOf(file),
    engine: textOr(file.config.model, textOr(file.model_source, 'lm-evaluation-harness')),
    engineVersion: textOr(file.lm_eval_version, textOr(file.transformers_version, '')),
    dtype: textOr(file.config.model_dtype, ''),
    device: textOr(file.config.device, ''),
  };
}

/** A row is a group when the file lists its parts and has them too; without its parts its mean is all there is. */
function groupsOf(file: ResultsFile, rows: ReadonlySet<string>): Set<string> {
  const hasParts = (name: string, seen: readonly string[] = []): boolean =>
    (file.group_subtasks[name] ?? []).some(
      (part) => part !== name && !seen.includes(part) && (rows.has(part) || hasParts(part, [...seen, name])),
    );
  return new Set([...rows].filter((name) => hasParts(name)));
}

function readTask(
  file: ResultsFile,
  common: Readonly<Record<string, unknown>>,
  name: string,
  entry: Readonly<Record<string, unknown>>,
): RecordedTask | null {
  const config = file.configs[name] ?? {};
  const filters = filtersOf(entry).sort();
  const metrics = readMetrics(entry, file.higher_is_better[name] ?? {}, config);
  if (metrics.length === 0) return null;
  const samples = file['n-samples'][name] ?? {};
  const metadata = isFields(config.metadata) ? config.metadata : {};
  const shots =
    wholeOrNull(file['n-shot'][name]) ?? wholeOrNull(config.num_fewshot) ?? wholeOrNull(file.config.num_fewshot);
  const version = textOf(file.versions[name] ?? config.version ?? metadata.version);
  return {
    name,
    version,
    metrics: orderMetrics(metrics, config),
    n: wholeOrNull(samples.effective) ?? wholeOrNull(entry.sample_len) ?? wholeOrNull(entry.samples),
    size: wholeOrNull(samples.original),
    recipe: { ...common, ...taskRecipe(config, shots, version), ...(filters.length > 0 && { filters }) },
    hash: textOf(file.task_hashes[name]) || null,
    outputType: textOf(config.output_type) || null,
    shots,
    capabilities: [config.capabilities ?? metadata.capabilities ?? []].flat().filter((id) => typeof id === 'string'),
    fewshotDelimiter: textOr(config.fewshot_delimiter, '\n\n'),
  };
}

/** A revision says more than the model it is a revision of, and that more than what the harness made of its name. */
function modelTextsOf(file: ResultsFile): string[] {
  const given = file.config.model_args;
  const args = isFields(given)
    ? given
    : Object.fromEntries(
        textOf(given)
          .split(',')
          .map((pair) => [pair.slice(0, pair.indexOf('=')).trim(), pair.slice(pair.indexOf('=') + 1).trim()]),
      );
  return [args.revision, args.peft, args.pretrained, args.model, args.path, file.model_name, file.model_name_sanitized]
    .map(textOf)
    .filter((text) => text !== '');
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function wholeOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : null;
}

/** Texts and numbers; `N/A` and everything else is not said. */
function textOf(value: unknown): string {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== 'N/A' && value !== 'Yaml' ? value : '';
}

function textOr(value: unknown, otherwise: string): string {
  return textOf(value) || otherwise;
}

/** Where a task's scores on one checkpoint come from. Pure. */
import type { ModelDescription } from '../../domain/language-model.ts';
import type { Provenance } from '../../domain/provenance.ts';
import { keptHealth } from '../../domain/set-health.ts';
import { sha256 } from '../../system/hash.ts';
import { canonicalJson } from '../../system/json.ts';
import { FEWSHOT_SEED, fewshotSplitOf } from '../data/fewshot.ts';
import { setHealth } from '../health/set-health.ts';
import type { AnsweredSlice } from '../scoring/aggregate.ts';
import type { FilterPipeline, Task } from '../task.ts';

export interface MeasuredOn {
  readonly fingerprint: string;
  readonly model: ModelDescription;
  readonly libraVersion: string;
}

export function provenanceOf({ task, docs, beyond = [], samples }: AnsweredSlice, on: MeasuredOn): Provenance {
  const { summary, settings } = task;
  const { engine, engineVersion, dtype, device, isVerified } = on.model;
  const shots = settings.numFewshot;
  return {
    task: summary.name,
    capabilities: summary.capabilities,
    primaryMetric: summary.primaryMetric,
    probes: summary.metrics.flatMap(({ metric, probe }) => (probe === undefined ? [] : [{ metric, probe }])),
    taskVersion: summary.version,
    taskHash: summary.hash,
    promptHash: promptHashOf(task),
    dataHash: task.dataset.hash,
    file: task.path,
    dataFiles: task.dataset.files,
    docs: {
      asked: Math.min(docs, task.docs.length) + beyond.length,
      answered: samples.filter(({ answer }) => answer !== null).length,
      of: summary.size,
    },
    fewshot: {
      shots,
      sampler: settings.fewshot.sampler,
      seed: shots > 0 && settings.fewshot.sampler === 'default' ? FEWSHOT_SEED : null,
      split: shots > 0 ? fewshotSplitOf(settings) : null,
    },
    filters: Object.fromEntries(pipelinesOf(task).map(({ name, steps }) => [name, steps.map(describeStep)])),
    chat: describeChat(task),
    engine,
    engineVersion,
    dtype,
    device,
    isVerified,
    fingerprint: on.fingerprint,
    libraVersion: on.libraVersion,
    health: keptHealth(setHealth(task)),
  };
}

function promptHashOf({ settings, prompting }: Task): string {
  const { docToText, docToTarget, docToChoice, description, targetDelimiter, genPrefix, numFewshot, fewshot } =
    settings;
  const { systemInstruction, chat } = prompting;
  const asked = { systemInstruction, template: chat?.template ?? null, isMultiturn: chat?.isMultiturn ?? false };
  const recipe = {
    docToText,
    docToTarget,
    docToChoice,
    description,
    targetDelimiter,
    genPrefix,
    numFewshot,
    fewshot,
    asked,
  };
  return short(canonicalJson(recipe));
}

function describeChat({ prompting: { chat } }: Task): string | null {
  if (chat === null) return null;
  return `chat template ${short(chat.template)}, examples ${chat.isMultiturn ? 'as turns' : 'in one turn'}`;
}

function pipelinesOf({ measures }: Task): FilterPipeline[] {
  return [...new Map(measures.map(({ pipeline }) => [pipeline.name, pipeline])).values()];
}

function describeStep({ filter, options }: FilterPipeline['steps'][number]): string {
  return Object.keys(options).length === 0 ? filter.id : `${filter.id} ${canonicalJson(options)}`;
}

const short = (text: string): string => sha256(text).slice(0, 16);

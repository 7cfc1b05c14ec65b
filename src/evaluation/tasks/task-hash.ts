/** Hash over everything that changes what is asked or how it is scored: another hash is another series segment. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../system/json.ts';
import type { TaskMeasure } from '../task.ts';
import type { TaskSettings } from './task-settings.ts';

/** Raise it when Libra itself asks or scores differently. */
const SCORING_RULES = 2;

/** A doc by what it says. */
export interface HashedDoc {
  readonly id: string;
  readonly content: string;
  readonly shots: readonly number[];
}

/** Characters that are hashed at a time. */
const BATCH = 1 << 14;

interface HashedTask {
  readonly settings: TaskSettings;
  readonly measures: readonly TaskMeasure[];
  /** In the fixed order. */
  readonly docs: readonly HashedDoc[];
  /** Of the whole split, when not all of it is among the docs. */
  readonly dataset: string | null;
  /** How its columns show their values. */
  readonly signature: string;
  /** Of the few-shot pool. */
  readonly contentAt: (place: number) => number;
}

/** First 16 hex digits of SHA-256; names, capabilities and paths are not in it, the data set's content is. */
export function hashTask({ settings, measures, docs, dataset, signature, contentAt }: HashedTask): string {
  const hash = createHash('sha256');
  const add = (value: unknown) => hash.update(`${canonicalJson(value)}\n`);
  const { outputType, docToText, docToTarget, docToChoice, description, targetDelimiter, genPrefix, numFewshot } =
    settings;
  add({
    rules: SCORING_RULES,
    version: settings.version,
    asked: { outputType, docToText, docToTarget, docToChoice, description, targetDelimiter, genPrefix, numFewshot },
    fewshot: numFewshot === 0 ? null : settings.fewshot,
    ...(settings.execution === null ? {} : { execution: settings.execution }),
    ...(outputType === 'generate_until' && settings.repeats > 1 ? { repeats: settings.repeats } : {}),
    generation: outputType === 'generate_until' ? { ...settings.generation, kwargs: null } : null,
    scored: measures.map(({ id, metric, aggregation, options, pipeline }) => ({
      id,
      metric: metric.id,
      aggregation,
      options,
      filters: pipeline.steps.map((step) => ({ filter: step.filter.id, options: step.options })),
    })),
  });
  add([signature, dataset]);
  const used = new Set<number>();
  let lines = '';
  const addLine = (line: string) => {
    lines += `${line}\n`;
    if (lines.length < BATCH) return;
    hash.update(lines);
    lines = '';
  };
  for (const { id, content, shots } of docs) {
    addLine(`${JSON.stringify(id)} ${content} ${shots.join(',')}`);
    for (const shot of shots) used.add(shot);
  }
  for (const shot of Uint32Array.from(used).sort()) addLine(`${shot} ${contentAt(shot)}`);
  hash.update(lines);
  return hash.digest('hex').slice(0, 16);
}

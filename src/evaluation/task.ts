/** A task ready to be asked and scored: its docs in their fixed order, its prompts' parts, its filters and metrics. */
import type { Doc, TaskSummary } from '../domain/task.ts';
import type { DocReader } from './asking/doc-fields.ts';
import type { Prompting } from './asking/prompting.ts';
import type { AnswerFilter } from './scoring/filter.ts';
import type { Metric } from './scoring/metric.ts';
import type { TaskSettings } from './tasks/task-settings.ts';

/** A doc of the evaluated split. */
export interface TaskDoc extends Doc {
  /** Place in the data file, from 0: the harness's doc_id. */
  readonly position: number;
  /** Places of its few-shot examples in the few-shot pool. */
  readonly shots: readonly number[];
}

/** One chain of filters over the answer of a generate_until task. */
export interface FilterPipeline {
  /** `none` when the task file names no filters. */
  readonly name: string;
  /** Without filters only the first of several answers counts, unless programs are made of all. */
  readonly takesFirst?: boolean;
  readonly steps: readonly { readonly filter: AnswerFilter; readonly options: Readonly<Record<string, unknown>> }[];
}

/** A metric over one filter pipeline's answers. */
export interface TaskMeasure {
  /** Id of the series: the metric's, with `,<pipeline>` behind it when the task has several pipelines. */
  readonly id: string;
  readonly metric: Metric;
  readonly pipeline: FilterPipeline;
  readonly aggregation: string;
  readonly higherIsBetter: boolean;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Where a task's docs come from, for whoever traces a score. */
export interface TaskDataset {
  /** The evaluated split. */
  readonly split: string;
  /** Absolute paths of its files, in the order of their rows. */
  readonly files: readonly string[];
  /** Hex SHA-256 over the content of all rows in their order, the same in whatever format they are written. */
  readonly hash: string;
  readonly rows: number;
  /** Docs that can be asked: all rows, unless there are more than memory should hold. */
  readonly kept: number;
  /** Rows that are exact copies of an earlier one. */
  readonly duplicates: number;
  /** What a person should know of it before trusting the numbers: sentences without a full stop. */
  readonly notes: readonly string[];
}

export interface Task {
  readonly summary: TaskSummary;
  readonly settings: TaskSettings;
  readonly path: string;
  /** In the fixed random order: a plan takes the first n. */
  readonly docs: readonly TaskDoc[];
  readonly dataset: TaskDataset;
  /** Few-shot pool, each row at its place; only those that some doc shows must be there. Empty for 0-shot tasks. */
  readonly pool: readonly Readonly<Record<string, unknown>>[];
  readonly reader: DocReader;
  readonly measures: readonly TaskMeasure[];
  /** What is measured of every task of its kind, behind its own measures (see attach-measures.ts). */
  readonly attached: readonly TaskMeasure[];
  /** The first doc's target is a list: any of a doc's targets is right. */
  readonly hasManyTargets: boolean;
  /** `doc_to_text` gives the number of the right choice, and each choice is a context of its own. */
  readonly hasManyInputs: boolean;
  /** How it is put to the model. */
  readonly prompting: Prompting;
  /** Rendered few-shot examples by place in the pool: each is rendered once. */
  readonly renderedShots: Map<number, string>;
}

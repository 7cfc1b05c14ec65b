/** Task: one benchmark as lm-evaluation-harness defines it, with the capabilities it measures. */

export type OutputType = 'multiple_choice' | 'loglikelihood' | 'loglikelihood_rolling' | 'generate_until';

/** FlagEval's task kinds, and Libra's three more. */
export const TASK_KINDS = [
  'choice_qa.en',
  'choice_qa.zh',
  'classification.en',
  'classification.zh',
  'open_qa.zh',
  'open_qa.en',
  'codegen',
  'summarization',
] as const;

export type TaskKind = (typeof TASK_KINDS)[number];

/** What a person wants to know of a task before trusting its numbers. It changes nothing of what is asked. */
export interface TaskCard {
  /** Several where a task holds docs of several kinds. */
  readonly kinds: readonly TaskKind[];
  /** Of its data, as its authors state it; null when the file says nothing. */
  readonly licence: string | null;
  /** Where its data come from and how to get them. */
  readonly source: string | null;
  /** A warning that stands beside its numbers, such as "starter docs, not a benchmark". */
  readonly notice: string | null;
}

/** One dataset item; `id` is stable over versions of the file. */
export interface Doc {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** FlagEval's four families of metrics. */
export const METRIC_FAMILIES = ['accuracy', 'uncertainty', 'robustness', 'efficiency'] as const;

export type MetricFamily = (typeof METRIC_FAMILIES)[number];

/** A metric of a task, by its lm-evaluation-harness id (`acc`, `exact_match`, `bits_per_byte`, ...). */
export interface TaskMetric {
  readonly metric: string;
  readonly higherIsBetter: boolean;
  readonly options: Readonly<Record<string, unknown>>;
  /** `accuracy` when left out. */
  readonly family?: MetricFamily;
  /** Comes from the answers by itself, without the task file naming it. */
  readonly isAttached?: true;
  /** The node beside the tree that it counts into; its series is judged there. */
  readonly probe?: string;
}

/** What comparing needs to know of a task. */
export interface MeasuredTask extends Pick<TaskSummary, 'name' | 'capabilities' | 'primaryMetric'> {
  /** Those that count into a probe are series of their own. */
  readonly metrics?: readonly Pick<TaskMetric, 'metric' | 'probe'>[];
}

/** What a task is when its docs are another task's, asked otherwise: it has no place in the capability tree and no verdicts of its own. */
export interface TaskVariant {
  /** Name of the task whose docs they are; its robustness is what both together tell. */
  readonly of: string;
  readonly perturbation: string;
  /** Docs that really are asked otherwise; the rest are the other task's own. */
  readonly changed: number;
}

/** What the rest of Libra needs to know of a task without its templates and docs. */
export interface TaskSummary {
  readonly name: string;
  /** metadata.version of the task file. */
  readonly version: string;
  /** Hash over everything that changes what is asked or how it is scored; another hash is another series segment. */
  readonly hash: string;
  readonly capabilities: readonly string[];
  readonly card: TaskCard;
  readonly outputType: OutputType;
  readonly numFewshot: number;
  /** The file's own first, then those attached to every task of its kind. */
  readonly metrics: readonly TaskMetric[];
  /** The metric verdicts are made on: the first of `metrics`. */
  readonly primaryMetric: string;
  /** Docs in the evaluated split. */
  readonly size: number;
  /** Left out for a task of its own. */
  readonly variant?: TaskVariant;
}

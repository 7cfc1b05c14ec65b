/** A metric: what one answered doc is worth, and how the docs' values become a score. */
import type { Answer, Execution } from '../../domain/sample.ts';
import type { MetricFamily, OutputType } from '../../domain/task.ts';
import type { AskedAnswers } from './filter.ts';

/** A doc with its answer, as metrics see it. */
export interface AnsweredDoc {
  readonly outputType: OutputType;
  readonly answer: Answer;
  /** Choices of a multiple_choice doc. */
  readonly choices: readonly string[];
  /** What `doc_to_target` gives (`doc_to_text` for many inputs): a choice's number or text, a text, or a list of them. */
  readonly gold: unknown;
  /** Any of `gold` is right. */
  readonly hasManyTargets: boolean;
  /** The answer after the filters (generate_until); the first of several. */
  readonly text: string;
  /** All answers that the filters leave: more than one where a doc is asked repeatedly and no filter takes the first. */
  readonly texts: readonly string[];
  /** What became of the programs in `texts`; null where none were run. */
  readonly executions: readonly Execution[] | null;
  /** The doc's own question, without examples; for the few metrics that look at it. */
  readonly question?: () => string;
  /** False when a filter that looks for the answer found none in the text. */
  readonly isParsed?: boolean;
}

export type MetricOptions = Readonly<Record<string, unknown>>;

/**
 * One doc's value. `parts` hold what an aggregation needs beside it: the `weight` of a ratio, the `gold` and `predicted`
 * class of a confusion matrix. They are kept with the sample as `<measure>:<part>`.
 */
export interface DocValue {
  readonly value: number;
  readonly parts?: Readonly<Record<string, number>>;
}

/** `proportion`: 0 to 1, may be averaged with others of its kind. The rest only with itself; `points` are of a hundred. */
export type MetricUnit = 'proportion' | 'points' | 'bits' | 'nats' | 'perplexity' | 'distance' | 'correlation';

export interface Metric {
  /** Id as in lm-evaluation-harness. */
  readonly id: string;
  readonly outputTypes: readonly OutputType[];
  readonly higherIsBetter: boolean;
  readonly unit: MetricUnit;
  /** `accuracy` when left out. */
  readonly family?: MetricFamily;
  /** Fewer docs than this, and the score is not defined: it would be noise. */
  readonly fewestDocs?: number;
  /** Node beside the capability tree that it counts into where it is measured by itself. */
  readonly probe?: string;
  /** Id of its default aggregation. */
  readonly aggregation: string;
  /** Keys of a metric_list entry it understands, beside the common ones. */
  readonly options: readonly string[];
  /** Checks options when the task is loaded. @throws Error saying what is wrong */
  readonly check?: (options: MetricOptions, asked: AskedAnswers) => void;
  /** Its answers must be run as programs first. */
  readonly needsExecution?: boolean;
  /** The metrics that an entry of a metric_list stands for, where that is not the metric itself. */
  readonly variants?: (options: MetricOptions) => readonly Metric[];
  /** Pure. Perplexities give the log-perplexity of the doc (nats per unit), which stays finite; their score is its exponential. */
  readonly score: (doc: AnsweredDoc, options: MetricOptions) => DocValue;
  /** It needs each choice's log-probability without its context too. */
  readonly needsUnconditional?: boolean;
  /** What lm-evaluation-harness writes into a sample for it, where that is not the value. */
  readonly logged?: (doc: AnsweredDoc, value: DocValue) => unknown;
}

/** An evaluation that somebody ran with lm-evaluation-harness, as its files tell it. */

/** One metric over one filter pipeline's answers. */
export interface RecordedMetric {
  /** As in Libra's own tasks: `acc`, and `exact_match,strict-match` where the task has named pipelines. */
  readonly id: string;
  readonly metric: string;
  readonly filter: string;
  /** NaN where the file has no number. */
  readonly value: number;
  /** NaN where it is not given. */
  readonly stderr: number;
  readonly higherIsBetter: boolean;
}

export interface RecordedTask {
  readonly name: string;
  /** Empty when the file does not say. */
  readonly version: string;
  /** In the order of the file; the primary one first, as far as the file tells. */
  readonly metrics: readonly RecordedMetric[];
  /** Docs scored; null when the file does not say. */
  readonly n: number | null;
  /** Docs of the split; null when the file does not say. */
  readonly size: number | null;
  /** Whatever decides what is asked and how it is scored, as far as it is known: what is not known is left out. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** The harness's own hash over its docs, prompts and targets. */
  readonly hash: string | null;
  readonly outputType: string | null;
  readonly shots: number | null;
  /** Labels in the task's metadata. */
  readonly capabilities: readonly string[];
  readonly fewshotDelimiter: string;
}

export interface RecordedResults {
  readonly tasks: readonly RecordedTask[];
  /** Rows that are the means of other tasks of the same file. */
  readonly groups: readonly string[];
  /** When it was measured, epoch milliseconds; null when the content does not say. */
  readonly at: number | null;
  /** Texts that may say which checkpoint it was, the most telling first. */
  readonly modelTexts: readonly string[];
  readonly engine: string;
  readonly engineVersion: string;
  readonly dtype: string;
  readonly device: string;
}

/** A doc of a samples file. */
export interface RecordedDoc {
  /** `doc_id` as text, or the number of its line. */
  readonly id: string;
  /** What it is recognised by on other checkpoints: its content where the file has a hash of that, else its id. */
  readonly key: string;
  readonly promptHash: string | null;
  readonly question: string;
  readonly expected: string;
  /** Choices it was asked with; 0 when it was not a choice. */
  readonly choices: number;
}

export interface RecordedSamples {
  readonly docs: readonly RecordedDoc[];
  /** Per metric id the docs' values, in the order of `docs`; NaN where a doc has none. */
  readonly values: ReadonlyMap<string, Float64Array>;
  /** What was answered, in the order of `docs`; null where the file does not have it. */
  readonly answers: readonly (string | null)[];
  /** What could not be read, as a clause; null when all could. */
  readonly trouble: string | null;
}

/** A file that could not be used, or not wholly, and why. */
export interface ImportTrouble {
  readonly path: string;
  /** A sentence. */
  readonly reason: string;
}

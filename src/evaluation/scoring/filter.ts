/** A filter: takes the useful part out of generated answers before they are scored (lm-evaluation-harness's `filter_list`). */

export type FilterOptions = Readonly<Record<string, unknown>>;

/** What a filter or metric may be held against when the task is loaded. */
export interface AskedAnswers {
  /** Answers to each doc. */
  readonly repeats: number;
}

export interface AnswerFilter {
  /** Name in `filter_list`. */
  readonly id: string;
  /** Options it understands. */
  readonly options: readonly string[];
  /** Checks options when the task is loaded. @throws Error saying what is wrong */
  readonly check?: (options: FilterOptions, asked: AskedAnswers) => void;
  /**
   * @param answers of one doc (several when it is asked repeatedly)
   * @returns answers; pure
   */
  readonly apply: (
    answers: readonly string[],
    options: FilterOptions,
    doc: Readonly<Record<string, unknown>>,
  ) => readonly string[];
}

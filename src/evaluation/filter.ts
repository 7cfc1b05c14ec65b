/** A filter: takes the useful part out of generated answers before they are scored (lm-evaluation-harness's `filter_list`). */

export type FilterOptions = Readonly<Record<string, unknown>>;

export interface AnswerFilter {
  /** Name in `filter_list`. */
  readonly id: string;
  /** Options it understands. */
  readonly options: readonly string[];
  /** Checks options when the task is loaded. @throws Error saying what is wrong */
  readonly check?: (options: FilterOptions) => void;
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

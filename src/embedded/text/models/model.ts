/** What every vocabulary model does: one word (what the pre-tokenizer left whole) -> token ids. */
export interface Model {
  /** Token text -> id. */
  readonly vocabulary: ReadonlyMap<string, number>;
  /** Words are independent of each other. @throws RangeError when the model needs an unknown token and has none */
  encode(word: string): readonly number[];
}

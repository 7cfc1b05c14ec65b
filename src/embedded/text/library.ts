/** The door to @huggingface/tokenizers, typed here: the package's own type files do not resolve under Node's module rules. */
import * as untyped from '@huggingface/tokenizers';

export interface LibraryTokenizer {
  readonly model: { readonly unk_token_id?: number; _call(words: readonly string[]): string[] };
  encode(text: string, options: { readonly add_special_tokens: boolean }): { readonly ids: number[] };
  decode(
    ids: number[],
    options: { readonly skip_special_tokens: boolean; readonly clean_up_tokenization_spaces: boolean },
  ): string;
  token_to_id(token: string): number | undefined;
  get_added_tokens_decoder(): ReadonlyMap<number, { readonly content: string }>;
}

export interface PreTokenizer {
  pre_tokenize(texts: readonly string[]): string[];
}

interface Library {
  readonly Tokenizer: new (json: object, config: object) => LibraryTokenizer;
  readonly SplitPreTokenizer: new (stage: object) => PreTokenizer;
  readonly ByteLevelPreTokenizer: new (stage: object) => PreTokenizer;
}

export const { Tokenizer: LibraryTokenizer, SplitPreTokenizer, ByteLevelPreTokenizer } = untyped as unknown as Library;

/** What transformers said (transformers.json made by record.py, architectures.json by record-architectures.py). */
import { readFileSync } from 'node:fs';

interface Scored {
  readonly logprobs: readonly number[];
  readonly best: readonly number[];
  readonly ranks: readonly number[];
}

export interface RecordedModel {
  readonly sequence: readonly number[];
  /** Of tokens 1, 2, ... of `sequence`. */
  readonly whole: Scored;
  readonly context: string;
  readonly continuations: readonly (Scored & { readonly text: string })[];
  readonly prompts: readonly string[];
  /** 64 greedy tokens behind each prompt, or up to the end token. */
  readonly greedy: readonly (readonly number[])[];
}

export const recorded = JSON.parse(readFileSync(new URL('./transformers.json', import.meta.url), 'utf8')) as {
  readonly tokenizer: Readonly<Record<'texts' | 'decoded' | 'decoded_half', readonly string[]>> & {
    readonly ids: readonly (readonly number[])[];
  };
  readonly models: Readonly<Record<string, RecordedModel>>;
};

export const recordedArchitectures = JSON.parse(
  readFileSync(new URL('./architectures.json', import.meta.url), 'utf8'),
) as {
  readonly models: Readonly<Record<string, RecordedModel>>;
  /** Every activation of transformers at the places `x`. */
  readonly activations: { readonly x: readonly number[]; readonly y: Readonly<Record<string, readonly number[]>> };
};

/** What torch, transformers and peft said (weights.json and the files in weights/, made by record-weights.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface Measured {
  /** Of tokens 1, 2, ... of `sequence`. */
  readonly logprobs: readonly number[];
  readonly best: readonly number[];
  /** Behind each of `prompts`. */
  readonly greedy: readonly (readonly number[])[];
}

export const recordedWeights = JSON.parse(readFileSync(new URL('./weights.json', import.meta.url), 'utf8')) as {
  readonly sequence: readonly number[];
  readonly prompts: readonly (readonly number[])[];
  readonly tensors: Readonly<
    Record<string, { readonly dtype: string; readonly shape: readonly number[]; readonly values: readonly number[] }>
  >;
  readonly models: Readonly<Record<'sharded' | 'peft', Measured>>;
  readonly adapters: Readonly<Record<string, Measured>>;
};

/** Path of a recorded file. */
export function recordedFile(name: string): string {
  return fileURLToPath(new URL(`./weights/${name}`, import.meta.url));
}

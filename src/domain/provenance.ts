/** Provenance: everything needed to trace a score back, and to reproduce it. */

import type { KeptHealth } from './set-health.ts';

export interface Provenance {
  readonly task: string;
  readonly capabilities: readonly string[];
  /** The metric its capabilities are measured by. */
  readonly primaryMetric: string;
  /** Its metrics that count into a probe beside the tree. */
  readonly probes: readonly { readonly metric: string; readonly probe: string }[];
  /** metadata.version of the task file. */
  readonly taskVersion: string;
  /** Of everything that changes what is asked or how it is scored. */
  readonly taskHash: string;
  /** Of how prompts are made: templates, delimiters, description, few-shot recipe, chat template. First 16 hex digits of SHA-256. */
  readonly promptHash: string;
  /** Of the evaluated split's docs in the order of the file. First 16 hex digits of SHA-256. */
  readonly dataHash: string;
  /** The task file. */
  readonly file: string;
  /** Where its docs were read from. */
  readonly dataFiles: readonly string[];
  /** Docs [0, asked) of the task's fixed random order. */
  readonly docs: { readonly asked: number; readonly answered: number; readonly of: number };
  readonly fewshot: {
    readonly shots: number;
    readonly sampler: string;
    /** Of the seeded sampler; null where nothing is drawn. */
    readonly seed: number | null;
    readonly split: string | null;
  };
  /** Filter pipelines by name, each a chain of filters with their options. */
  readonly filters: Readonly<Record<string, readonly string[]>>;
  /** How its prompts were wrapped for a chat model; null when they were not. */
  readonly chat: string | null;
  readonly engine: string;
  readonly engineVersion: string;
  readonly dtype: string;
  readonly device: string;
  /** False when a remote engine could not show that it serves these very weights. */
  readonly isVerified: boolean;
  /** Of the weights; empty when unknown. */
  readonly fingerprint: string;
  readonly libraVersion: string;
  /** What its docs alone say against it; left out by older versions and where the docs are not known. */
  readonly health?: KeptHealth;
}

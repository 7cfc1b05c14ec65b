/**
 * A perturbation: a named way of asking the same doc a little differently, so that one sees whether a model knows or only recognises.
 * What is scored (choices, references) and the few-shot examples stay as they are, as in HELM.
 */

import type { Task, TaskDoc } from '../task.ts';
import type { SpanKind } from './protected-spans.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { TextLanguage } from './text-language.ts';

/** Pure: the same text and the same random numbers give the same text. */
export type ChangeText = (text: string, random: SeededRandom) => string;

interface Named {
  readonly name: string;
  /** One sentence for people, without a full stop. */
  readonly description: string;
  /** Raise it when the same docs are changed otherwise than before: another number is another series segment. */
  readonly revision: number;
}

/** Changes the words of a doc's question. Docs in another language are left alone. */
export interface TextPerturbation extends Named {
  readonly kind: 'text';
  readonly language: TextLanguage;
  /** Protected spans it may change. */
  readonly alters?: readonly SpanKind[];
  /** Reads its tables or opens its package: called only when it is used. */
  readonly load: () => Promise<ChangeText>;
}

/** Several text perturbations one after another, by name. */
export interface MixedPerturbation extends Named {
  readonly kind: 'mix';
  readonly steps: readonly string[];
}

/** The perturbation that suits a doc's language, by name. */
export interface PerturbationByLanguage extends Named {
  readonly kind: 'by-language';
  readonly of: Readonly<Record<TextLanguage, string>>;
}

/** A doc asked otherwise; null leaves it as it is. */
export interface ChangedDoc {
  readonly fields?: TaskDoc['fields'];
  /** The whole question, where another template says it. */
  readonly question?: unknown;
}

export type ChangeDoc = (doc: TaskDoc, random: SeededRandom) => ChangedDoc | null;

/** Changes how a task shows its docs. */
export interface TaskPerturbation extends Named {
  readonly kind: 'task';
  /** How this task's docs are changed, or why they can't be: a clause. */
  readonly prepare: (task: Task) => ChangeDoc | string;
}

export type Perturbation = TextPerturbation | MixedPerturbation | PerturbationByLanguage | TaskPerturbation;

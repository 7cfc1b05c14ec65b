/** The docs of a task, asked otherwise: the same ids in the same order, with changed fields or another question. */

import type { Task, TaskDoc } from '../task.ts';
import { askedFields } from './asked-fields.ts';
import { loadSteps, stepsFor } from './find-perturbations.ts';
import type { ChangeDoc, ChangedDoc, ChangeText, Perturbation } from './perturbation.ts';
import { createRandom, type SeededRandom } from './seeded-random.ts';
import { languageOfText, type TextLanguage } from './text-language.ts';

export interface PerturbedDocs {
  readonly docs: readonly TaskDoc[];
  /** Whole questions that another template says, by the fields of their doc. */
  readonly questions: ReadonlyMap<TaskDoc['fields'], unknown>;
  readonly changed: number;
  /** Columns whose texts were changed; empty when the task's own way of showing them was. */
  readonly fields: readonly string[];
}

/** The first `count` docs of the task's fixed order; or why they can't be changed: a clause. */
export async function perturbDocs(
  task: Task,
  perturbation: Perturbation,
  count: number,
  seed: number,
): Promise<PerturbedDocs | string> {
  const first = task.docs.slice(0, count);
  if (perturbation.kind === 'task') {
    const change = perturbation.prepare(task);
    return typeof change === 'string' ? change : apply(first, change, () => perturbation.name, seed, []);
  }
  const fields = askedFields(task);
  if (typeof fields === 'string') return fields;
  const languages = first.map((doc) => languageOfText(textsOf(doc, fields).join(' ')));
  const ways = await loadWays(perturbation, new Set(languages));
  const wayOf = (doc: TaskDoc) => ways.get(languages[placeOf.get(doc)!] ?? null);
  const placeOf = new Map(first.map((doc, place) => [doc, place]));
  const change: ChangeDoc = (doc, random) => {
    const way = wayOf(doc);
    return way === undefined ? null : changeFields(doc, fields, way.change, random);
  };
  return apply(first, change, (doc) => wayOf(doc)?.name ?? '', seed, fields);
}

interface Way {
  readonly name: string;
  readonly change: ChangeText;
}

/** What is done to texts of each language; nothing where it is not meant for that language. */
async function loadWays(
  perturbation: Perturbation,
  languages: ReadonlySet<TextLanguage | null>,
): Promise<ReadonlyMap<TextLanguage | null, Way>> {
  const ways = new Map<TextLanguage | null, Way>();
  for (const language of languages) {
    if (language === null) continue;
    const { name, steps } = stepsFor(perturbation, language);
    if (steps.length > 0) ways.set(language, { name, change: await loadSteps(steps) });
  }
  return ways;
}

/** The random numbers of a doc follow from the seed, the perturbation and the doc's id, and from nothing else. */
function apply(
  docs: readonly TaskDoc[],
  change: ChangeDoc,
  nameOf: (doc: TaskDoc) => string,
  seed: number,
  fields: readonly string[],
): PerturbedDocs {
  const questions = new Map<TaskDoc['fields'], unknown>();
  let changed = 0;
  const perturbed = docs.map((doc) => {
    const other = changeOrNull(change, doc, createRandom(`${seed}\n${nameOf(doc)}\n${doc.id}`));
    if (other === null) return doc;
    changed++;
    const copy: TaskDoc = { ...doc, fields: other.fields ?? { ...doc.fields } };
    if (other.question !== undefined) questions.set(copy.fields, other.question);
    return copy;
  });
  return { docs: perturbed, questions, changed, fields };
}

/** A doc that its own template does not fit fails when it is asked, as the original does. */
function changeOrNull(change: ChangeDoc, doc: TaskDoc, random: SeededRandom): ChangedDoc | null {
  try {
    return change(doc, random);
  } catch {
    return null;
  }
}

/** Null when nothing came out otherwise. */
function changeFields(
  doc: TaskDoc,
  fields: readonly string[],
  change: ChangeText,
  random: SeededRandom,
): ChangedDoc | null {
  const changed: Record<string, unknown> = {};
  let isSame = true;
  for (const field of fields) {
    const before = doc.fields[field];
    const after = mapTexts(before, (text) => change(text, random));
    changed[field] = after;
    isSame &&= textsIn(before).every((text, i) => text === textsIn(after)[i]);
  }
  return isSame ? null : { fields: { ...doc.fields, ...changed } };
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  return Array.isArray(value) ? value.map((item) => mapTexts(item, change)) : value;
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.flatMap(textsIn) : [];
}

function textsOf(doc: TaskDoc, fields: readonly string[]): readonly string[] {
  return fields.flatMap((field) => textsIn(doc.fields[field]));
}

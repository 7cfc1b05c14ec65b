/**
 * The options of a choice question in another order, the right answer moved along. A task is only reordered where it is certain
 * which option is right before and after: every change is rendered and checked, and a task whose docs fail the check is refused.
 */
import { messageOf } from '../../domain/errors.ts';
import { pythonStr } from '../python/python-value.ts';
import { goldChoices } from '../scoring/choose.ts';
import { goldOf } from '../scoring/score-doc.ts';
import type { Task, TaskDoc } from '../task.ts';
import { columnsRead } from '../template/columns-read.ts';
import { findOptions, type OptionColumns, optionsOf, withOptions } from './option-columns.ts';
import type { ChangeDoc } from './perturbation.ts';
import type { SeededRandom } from './seeded-random.ts';

type Fields = TaskDoc['fields'];

/** Docs that are tried before a task counts as one that can be reordered. */
const TRIED = 50;

/** How a doc's options are changed, or why this task's can't be: a clause. */
export function prepareOptionOrder(task: Task): ChangeDoc | string {
  const found = findOptions(task);
  if (typeof found === 'string') return `where its options are can't be said for certain: ${found}`;
  const columns = Object.keys(task.docs[0]!.fields);
  const holders = found.kind === 'list' ? [found.column] : found.columns;
  const answers = columnsRead(task.settings.docToTarget, columns).filter((column) => !holders.includes(column));
  for (const doc of task.docs.slice(0, TRIED)) {
    const texts = optionsOf(found, doc.fields);
    if (texts === null || texts.some(refersToOthers)) continue;
    const reversed = texts.map((_, i) => texts.length - 1 - i);
    const outcome = attempt(task, doc.fields, found, texts, reversed, answers);
    if (typeof outcome === 'string')
      return `which option is right can't be said for certain (doc ${doc.id}: ${outcome})`;
  }
  return (doc, random) => {
    const texts = optionsOf(found, doc.fields);
    if (texts === null || texts.some(refersToOthers)) return null;
    const outcome = attempt(task, doc.fields, found, texts, otherOrder(texts.length, random), answers);
    return typeof outcome === 'string' ? null : { fields: outcome };
  };
}

/** A random order that is not the one there was (Fisher-Yates until it differs). */
function otherOrder(count: number, random: SeededRandom): number[] {
  for (;;) {
    const order = Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    if (order.some((place, i) => place !== i)) return order;
  }
}

/** "All of the above" and "A and B" mean something else in another order; such docs stay as they are. */
const REFERS =
  /\babove\b|\b(?:all|none|both|neither|either|any|two) of (?:the|these|those)\b|^[\s"'(]{0,3}(?:all|none|both|neither)[\s.!"')]{0,3}$|\b[A-E]\)?\s*(?:and|or|&|,)\s*\(?[A-E]\b|^\s*(?:以上|上述|以下)|[A-EＡ-Ｅ]\s*[和与、及或]\s*[A-EＡ-Ｅ]|(?:都|均|皆)(?:对|不对|正确|不正确|错误|是|不是)[\s。.！!）)]{0,3}$|^[①-⑩]+$/i;

function refersToOthers(text: string): boolean {
  return REFERS.test(text);
}

/** The changed fields, or what is not certain. `order[i]` is the old place of what is shown at place i. */
function attempt(
  task: Task,
  fields: Fields,
  found: OptionColumns,
  texts: readonly string[],
  order: readonly number[],
  answers: readonly string[],
): Fields | string {
  try {
    const place = rightPlace(task, fields, texts);
    if (place === null) return 'its answer names none of the options';
    if (!showsInOrder(task, fields, texts)) return 'the options do not stand in its question in their order';
    const changedTexts = order.map((from) => texts[from]!);
    const changedPlace = order.indexOf(place);
    const reordered = withOptions(found, fields, changedTexts);
    const moved = Object.fromEntries(
      answers.map((column) => [column, moveAnswer(fields[column], place, changedPlace)]),
    );
    const changed = { ...reordered, ...moved };
    if (rightPlace(task, changed, changedTexts) !== changedPlace) return 'its answer does not follow the options';
    if (!showsInOrder(task, changed, changedTexts)) return 'its question does not follow the options';
    return changed;
  } catch (error) {
    return messageOf(error);
  }
}

/** Which of the options is right; null when that is not certain. */
function rightPlace(task: Task, fields: Fields, texts: readonly string[]): number | null {
  const gold = goldOf(task, { id: '', fields, position: 0, shots: [] });
  if (task.settings.outputType !== 'multiple_choice') return placeNamed(gold, texts);
  const choices = task.reader.choices(fields) ?? [];
  if (choices.length < texts.length || task.hasManyTargets || task.hasManyInputs) return null;
  const areLabels = texts.every((_, i) => labelPlace(choices[i]!) === i);
  const areTexts = choices.length === texts.length && texts.every((text, i) => choices[i]!.trim() === text.trim());
  if (!areLabels && !areTexts) return null;
  const [place, ...more] = goldChoices({ gold, choices, hasManyTargets: false });
  return place === undefined || more.length > 0 || place >= texts.length || place < 0 ? null : place;
}

/** A generating task's answer: an option's letter, or an option itself. */
function placeNamed(gold: unknown, texts: readonly string[]): number | null {
  if (typeof gold !== 'string') return null;
  const same = texts.flatMap((text, i) => (text.trim() === gold.trim() ? [i] : []));
  if (same.length > 0) return same.length === 1 ? same[0]! : null;
  const place = labelPlace(gold);
  return place !== null && /[A-J]/i.test(gold) && place < texts.length ? place : null;
}

/** "B", "(b)", " B." -> 1; "2" -> 1; null for anything else. */
function labelPlace(label: string): number | null {
  const bare = label.replace(/[\s().:、．。，：（）[\]]/g, '');
  if (/^[A-J]$/i.test(bare)) return bare.toUpperCase().charCodeAt(0) - 65;
  return /^[1-9]$/.test(bare) ? Number(bare) - 1 : null;
}

/** An answer that names the old place names the new one; an answer in words stays what it is. */
function moveAnswer(value: unknown, from: number, to: number): unknown {
  if (typeof value === 'number') return value === from || value === from + 1 ? value + to - from : value;
  if (typeof value !== 'string') return value;
  const letter = /^(\W*)([A-Ja-j])(\W*)$/u.exec(value);
  if (letter !== null) {
    const [, before, name, after] = letter as unknown as [string, string, string, string];
    const code = name.charCodeAt(0);
    return code - (code < 97 ? 65 : 97) === from ? before + String.fromCharCode(code + to - from) + after : value;
  }
  if (!/^\d+$/.test(value)) return value;
  return Number(value) === from || Number(value) === from + 1 ? String(Number(value) + to - from) : value;
}

/** The question holds the options one behind the other. */
function showsInOrder(task: Task, fields: Fields, texts: readonly string[]): boolean {
  const question = pythonStr(task.reader.text(fields));
  // Looked for from the end, where options stand: a short one may well be a part of the question too.
  let end = question.length;
  for (const text of [...texts].reverse()) {
    const at = question.lastIndexOf(text.trim(), end - text.trim().length);
    if (at < 0 || end - text.trim().length < 0) return false;
    end = at;
  }
  return true;
}

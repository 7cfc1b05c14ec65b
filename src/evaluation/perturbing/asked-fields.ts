/** Which columns hold the words of a task's question and nothing that is scored. */

import type { Task } from '../task.ts';
import { columnsRead } from '../template/columns-read.ts';
import { optionColumnNames } from './option-columns.ts';

/** Docs whose values are looked at. */
const LOOKED_AT = 20;

/**
 * The columns that the task file names under `perturb`, else the text columns that doc_to_text reads and neither doc_to_target nor
 * doc_to_choice do; options that the question shows are choices too. Or why there are none: a clause.
 */
export function askedFields(task: Task): readonly string[] | string {
  const { settings, docs } = task;
  if (settings.outputType === 'loglikelihood_rolling') return 'it only reads texts and asks nothing';
  const columns = Object.keys(docs[0]?.fields ?? {});
  const scoredBy = (source: unknown, key: string) =>
    columnsRead(source, columns).map((column) => [column, key] as const);
  const scored = new Map([
    ...scoredBy(settings.docToChoice, 'doc_to_choice'),
    ...scoredBy(settings.docToTarget, 'doc_to_target'),
  ]);
  if (settings.perturbing.fields.length > 0) return namedFields(settings.perturbing.fields, columns, scored);
  if (task.hasManyInputs) return 'its choices are the question: what is asked and what is scored are the same text';
  const read = columnsRead(settings.docToText, columns).filter((column) => isText(task, column));
  if (read.length === 0) return 'its doc_to_text reads no column of text';
  const options = optionColumnNames(task);
  const asked = read.filter((column) => !scored.has(column) && !options.includes(column));
  if (asked.length > 0) return asked;
  const [column] = read;
  return scored.has(column!)
    ? `all that it asks is scored too (\`${column}\` is read by ${scored.get(column!)}), so changing it would change what is right`
    : 'its question shows nothing but the options; name other columns with `perturb`';
}

function namedFields(
  named: readonly string[],
  columns: readonly string[],
  scored: ReadonlyMap<string, string>,
): readonly string[] | string {
  const missing = named.find((column) => !columns.includes(column));
  if (missing !== undefined) {
    return `\`perturb\` names the column \`${missing}\`, which its docs do not have (they have ${columns.join(', ')})`;
  }
  const wrong = named.find((column) => scored.has(column));
  if (wrong === undefined) return named;
  return `\`perturb\` names the column \`${wrong}\`, which ${scored.get(wrong)} reads: what is scored is never changed`;
}

function isText(task: Task, column: string): boolean {
  return task.docs.slice(0, LOOKED_AT).some(({ fields }) => typeof fields[column] === 'string');
}

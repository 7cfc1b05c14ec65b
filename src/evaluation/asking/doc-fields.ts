/** What a doc says through the task's templates: its text, target, choices, prefix and description. */

import { LibraError, messageOf } from '../../domain/errors.ts';
import type { Row } from '../data/dataset.ts';
import { parsePythonLiteral } from '../python/python-literal.ts';
import { PythonTuple, pythonStr } from '../python/python-value.ts';
import { nearestTo } from '../tasks/task-index.ts';
import type { TaskSettings } from '../tasks/task-settings.ts';
import { compileTemplate } from '../template/render-template.ts';
import { TemplateError } from '../template/template-scope.ts';

export interface DocReader {
  /** An int when a choice task gives the number of the right choice (many inputs). */
  readonly text: (fields: Row) => unknown;
  readonly target: (fields: Row) => unknown;
  readonly choices: (fields: Row) => readonly string[] | null;
  /** `null` when the task has none. */
  readonly prefix: (fields: Row) => string | null;
  readonly description: (fields: Row) => string;
  /** The same as the few-shot settings say it. */
  readonly shot: {
    readonly text: (fields: Row) => unknown;
    readonly target: (fields: Row) => unknown;
    readonly choices: (fields: Row) => readonly string[] | null;
    readonly prefix: (fields: Row) => string | null;
  };
}

/**
 * @param columns of the evaluated split: a name of one of them means that column, anything else is a Jinja template
 * @throws LibraError LIBRA_TASK_INVALID when a template can't be parsed
 */
export function createDocReader(settings: TaskSettings, columns: readonly string[], file: string): DocReader {
  const hasChoices = settings.docToChoice !== null;
  const own = (value: unknown, key: string) => compileField(value, key, columns, file);
  const text = own(settings.docToText, 'doc_to_text');
  const target = own(settings.docToTarget, 'doc_to_target');
  const choices = settings.docToChoice === null ? null : own(settings.docToChoice, 'doc_to_choice');
  const prefix = settings.genPrefix === null ? null : own(settings.genPrefix, 'gen_prefix');
  const { fewshot } = settings;
  const shotText = own(fewshot.docToText, 'fewshot_config.doc_to_text');
  const shotTarget = own(fewshot.docToTarget, 'fewshot_config.doc_to_target');
  const shotChoices = fewshot.docToChoice === null ? null : own(fewshot.docToChoice, 'fewshot_config.doc_to_choice');
  // For examples, as for the description, the harness looks for the name among the doc's own fields.
  const byDoc = (value: string, key: string) => {
    const template = compile(value, key, file);
    return (fields: Row): string => pythonStr(Object.hasOwn(fields, value) ? fields[value] : template(fields));
  };
  const description = byDoc(settings.description, 'description');
  const shotPrefix = fewshot.genPrefix ? byDoc(fewshot.genPrefix, 'fewshot_config.gen_prefix') : null;
  return {
    text: (fields) => textOf(text(fields), hasChoices),
    target: (fields) => targetOf(target(fields), hasChoices),
    choices: (fields) => (choices === null ? null : choicesOf(choices(fields))),
    prefix: (fields) => (prefix === null ? null : pythonStr(prefix(fields).value)),
    description: (fields) => (settings.description === '' ? '' : description(fields)),
    shot: {
      text: (fields) => textOf(shotText(fields), hasChoices),
      target: (fields) => targetOf(shotTarget(fields), hasChoices),
      choices: (fields) => (shotChoices === null ? null : choicesOf(shotChoices(fields))),
      prefix: (fields) => (shotPrefix === null ? null : shotPrefix(fields)),
    },
  };
}

/** A column gives its value as it is; a template gives text, which is read further. */
interface Field {
  readonly value: unknown;
  readonly isRendered: boolean;
}

function compileField(value: unknown, key: string, columns: readonly string[], file: string): (fields: Row) => Field {
  if (typeof value !== 'string') return () => ({ value, isRendered: false });
  if (columns.includes(value)) return (fields) => ({ value: fields[value] ?? null, isRendered: false });
  const template = compile(value, key, file);
  return (fields) => ({ value: template(fields), isRendered: true });
}

function compile(source: string, key: string, file: string): (fields: Row) => string {
  const template = compiled(source, key, file);
  return (fields) => {
    try {
      return template(fields);
    } catch (error) {
      throw error instanceof TemplateError ? explained(error, key, Object.keys(fields)) : error;
    }
  };
}

/** A name that is no column is told with the columns there are. */
function explained(error: TemplateError, key: string, columns: readonly string[]): TemplateError {
  const { missing } = error;
  if (missing === null) return new TemplateError(`\`${key}\`: ${error.message}`);
  const nearest = nearestTo(missing, columns);
  const meant = nearest === undefined ? '' : `; did you mean '${nearest}'?`;
  return new TemplateError(
    `\`${key}\` names '${missing}', which is no column (there are ${columns.join(', ')})${meant}`,
    missing,
  );
}

function compiled(source: string, key: string, file: string): (fields: Row) => string {
  try {
    return compileTemplate(source);
  } catch (error) {
    throw new LibraError('LIBRA_TASK_INVALID', `${file}: \`${key}\` is not a Jinja template: ${messageOf(error)}.`, {
      hint: `Correct ${JSON.stringify(source.length > 80 ? `${source.slice(0, 80)}…` : source)}.`,
      cause: error,
    });
  }
}

const DIGITS = /^(?:0+|[1-9][0-9]*)$/;

function textOf({ value, isRendered }: Field, hasChoices: boolean): unknown {
  return isRendered && hasChoices && DIGITS.test(value as string) ? Number(value) : value;
}

function targetOf({ value, isRendered }: Field, hasChoices: boolean): unknown {
  if (!isRendered) return value;
  const text = value as string;
  if (hasChoices && DIGITS.test(text)) return Number(text);
  if (text.length < 2 || !text.startsWith('[') || !text.endsWith(']')) return text;
  try {
    return parsePythonLiteral(text);
  } catch {
    return text;
  }
}

function choicesOf({ value, isRendered }: Field): string[] {
  const parsed = isRendered ? parsePythonLiteral(value as string) : value;
  const items = parsed instanceof PythonTuple ? parsed.items : parsed;
  if (Array.isArray(items)) return items.map(pythonStr);
  if (typeof items === 'object' && items !== null) return Object.values(items).map(pythonStr);
  throw new TypeError('`doc_to_choice` must give a list');
}

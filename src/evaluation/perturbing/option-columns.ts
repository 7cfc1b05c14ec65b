/** Where a task's docs keep the options that its question shows. */
import { isDict } from '../python/python-value.ts';
import type { Task } from '../task.ts';
import { columnsRead } from '../template/columns-read.ts';

/** One column for each option in the order shown, or one list column (perhaps a mapping's `text`). */
export type OptionColumns =
  | { readonly kind: 'columns'; readonly columns: readonly string[] }
  | { readonly kind: 'list'; readonly column: string; readonly key: string | null };

type Fields = Readonly<Record<string, unknown>>;

/** Names that option columns have before their letter or number; letters alone are known too. */
const PREFIX = /^(?:opt(?:ion)?s?|op|choices?|answers?|candidates?|选项|备选|选择)[_ -]?$/i;

/** The columns, or why they are not known: a clause. */
export function findOptions(task: Task): OptionColumns | string {
  const fields = task.docs[0]?.fields ?? {};
  const columns = Object.keys(fields);
  const { options } = task.settings.perturbing;
  if (options.length > 0) {
    const missing = options.find((name) => !columns.includes(name));
    if (missing !== undefined) {
      return `\`options\` names the column \`${missing}\`, which its docs do not have (they have ${columns.join(', ')})`;
    }
    return options.length === 1
      ? (listIn(fields, options[0]!) ?? `\`options\` names the column \`${options[0]}\`, which holds no list`)
      : { kind: 'columns', columns: options };
  }
  const shown = columnsRead(task.settings.docToText, columns);
  const lists = shown.flatMap((column) => listIn(fields, column) ?? []);
  const rows = rowsOfColumns(shown, fields);
  const found: OptionColumns[] = [...lists, ...rows];
  if (found.length === 1) return found[0]!;
  return found.length === 0
    ? 'its question shows no list column and no columns such as A to D; name them with `options`'
    : 'more than one of its columns may hold the options; name them with `options`';
}

/** The columns that hold options, where they are known: they are shown, but they are no part of the question's words. */
export function optionColumnNames(task: Task): readonly string[] {
  const found = findOptions(task);
  if (typeof found === 'string') return [];
  return found.kind === 'list' ? [found.column] : found.columns;
}

function listIn(fields: Fields, column: string): OptionColumns | null {
  const value = fields[column];
  if (isTexts(value)) return { kind: 'list', column, key: null };
  if (!isDict(value)) return null;
  const key = Object.keys(value).find((one) => one === 'text' && isTexts(value[one]));
  return key === undefined ? null : { kind: 'list', column, key };
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.length > 1 && value.every((one) => typeof one === 'string');

/** Rows such as A, B, C, D or 选项1 to 选项4: one prefix, then letters from A or numbers from 0 or 1 without a gap. */
function rowsOfColumns(shown: readonly string[], fields: Fields): OptionColumns[] {
  const rows = new Map<string, string[]>();
  for (const column of shown) {
    if (typeof fields[column] !== 'string') continue;
    const parts = /^(.*?)([A-Ja-j]|\d)$/.exec(column);
    if (parts === null) continue;
    const [, prefix = '', mark = ''] = parts;
    const isNumber = /\d/.test(mark);
    if (prefix === '' ? isNumber : !PREFIX.test(prefix)) continue;
    const key = `${prefix} ${isNumber ? '1' : mark === mark.toLowerCase() ? 'a' : 'A'}`;
    rows.set(key, [...(rows.get(key) ?? []), column]);
  }
  return [...rows.values()].flatMap((columns) => {
    const sorted = [...columns].sort();
    const codes = sorted.map((column) => column.charCodeAt(column.length - 1));
    const begins = [65, 97, 48, 49].includes(codes[0]!);
    const isRow = begins && codes.length > 1 && codes.every((code, i) => code === codes[0]! + i);
    return isRow ? [{ kind: 'columns', columns: sorted } as const] : [];
  });
}

/** A doc's options in the order shown; null when it has not at least two texts. */
export function optionsOf(found: OptionColumns, fields: Fields): string[] | null {
  const values = found.kind === 'list' ? listOf(found, fields) : found.columns.map((column) => fields[column]);
  if (!Array.isArray(values)) return null;
  const last = values.findLastIndex((value) => value !== null && value !== '');
  const texts = values.slice(0, last + 1);
  return texts.length > 1 && texts.every((one) => typeof one === 'string' && one.trim() !== '') ? texts : null;
}

/** The fields with the options in another order: `order[i]` is the old place of what is shown at place i. */
export function withOptions(found: OptionColumns, fields: Fields, texts: readonly string[]): Fields {
  if (found.kind === 'columns') {
    return { ...fields, ...Object.fromEntries(texts.map((text, i) => [found.columns[i]!, text])) };
  }
  const rest = (listOf(found, fields) as readonly unknown[]).slice(texts.length);
  const list = [...texts, ...rest];
  const { column, key } = found;
  return { ...fields, [column]: key === null ? list : { ...(fields[column] as object), [key]: list } };
}

function listOf({ column, key }: OptionColumns & { kind: 'list' }, fields: Fields): unknown {
  const value = fields[column];
  return key === null ? value : (value as Fields | null)?.[key];
}

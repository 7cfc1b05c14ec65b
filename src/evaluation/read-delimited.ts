/** Comma-separated values (RFC 4180), with the column types and missing-value words of pandas, which the harness reads them with. */
import { nameColumns } from './column-names.ts';
import type { Row } from './dataset.ts';
import { asFloat } from './python/python-value.ts';
import type { YamlFields } from './read-yaml.ts';

/** `options`: `delimiter` or `sep`, and pandas' `column_names`, `names`, `header`. @throws Error naming the row that is wrong */
export async function readDelimited(chunks: AsyncIterable<string>, options: YamlFields): Promise<Row[]> {
  let text = '';
  for await (const chunk of chunks) text += chunk;
  const delimiter = String(options.delimiter ?? options.sep ?? ',');
  const records = recordsOf(text, delimiter);
  const { names, body } = headOf(records, options);
  body.forEach((record, i) => {
    if (record.length > names.length) throw new Error(`row ${i + 1} has ${record.length} fields, not ${names.length}`);
  });
  const columns = names.map((_, column) =>
    typed(body.map((record) => record[column] ?? { text: '', isQuoted: false })),
  );
  return body.map((_, row): Row => Object.fromEntries(names.map((name, column) => [name, columns[column]![row]])));
}

interface Field {
  readonly text: string;
  readonly isQuoted: boolean;
}

function headOf(records: readonly Field[][], options: YamlFields) {
  const given = (options.column_names ?? options.names) as readonly unknown[] | null | undefined;
  const hasHeader = options.header === undefined ? given == null : options.header !== null;
  const head = hasHeader ? records[0] : undefined;
  const width = Math.max(0, ...records.map((record) => record.length));
  const names =
    given?.map(String) ??
    (head && nameColumns(head.map((field) => field.text))) ??
    Array.from({ length: width }, (_, i) => String(i));
  return { names, body: hasHeader ? records.slice(1) : records };
}

function recordsOf(text: string, delimiter: string): Field[][] {
  const records: Field[][] = [];
  let record: Field[] = [];
  let at = 0;
  while (at < text.length) {
    let value = '';
    let isQuoted = false;
    if (text[at] === '"') {
      isQuoted = true;
      at++;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) throw new Error(`row ${records.length + 1} has a quote that is never closed`);
        value += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        at++;
      }
    }
    let end = at;
    while (end < text.length && !text.startsWith(delimiter, end) && text[end] !== '\n' && text[end] !== '\r') end++;
    value += text.slice(at, end);
    record.push({ text: value, isQuoted });
    at = end;
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      if (at === text.length || text[at] === '\n' || text[at] === '\r') record.push({ text: '', isQuoted: false });
      if (at < text.length && text[at] !== '\n' && text[at] !== '\r') continue;
    }
    if (text[at] === '\r') at++;
    if (text[at] === '\n') at++;
    // Blank lines are no rows.
    if (record.length > 1 || record[0]!.text !== '' || record[0]!.isQuoted) records.push(record);
    record = [];
  }
  return records;
}

const MISSING = new Set([
  '',
  '#N/A',
  '#N/A N/A',
  '#NA',
  '-1.#IND',
  '-1.#QNAN',
  '-NaN',
  '-nan',
  '1.#IND',
  '1.#QNAN',
  '<NA>',
  'N/A',
  'NA',
  'NULL',
  'NaN',
  'None',
  'n/a',
  'nan',
  'null',
]);
const INTEGER = /^\s*[+-]?\d+\s*$/;
const FLOAT = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;
const BOOLEAN = /^(?:True|False|TRUE|FALSE|true|false)$/;

/** A column is whole numbers, floats or booleans only if all of it is. */
function typed(column: readonly Field[]): unknown[] {
  const present = column.filter(({ text }) => !MISSING.has(text));
  const all = (pattern: RegExp) => present.length > 0 && present.every(({ text }) => pattern.test(text));
  const isComplete = present.length === column.length;
  const read = (convert: (text: string) => unknown) =>
    column.map(({ text }) => (MISSING.has(text) ? null : convert(text)));
  if (all(INTEGER)) return read((text) => (isComplete ? Number(text) : asFloat(Number(text))));
  if (all(FLOAT)) return read((text) => asFloat(Number(text)));
  if (isComplete && all(BOOLEAN)) return read((text) => text.toLowerCase() === 'true');
  return read((text) => text);
}

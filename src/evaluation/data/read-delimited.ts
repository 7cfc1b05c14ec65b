/** Comma-separated values (RFC 4180), with the column types and missing-value words of pandas, which the harness reads them with. */

import { asFloat } from '../python/python-value.ts';
import type { YamlFields } from '../tasks/read-yaml.ts';
import { nameColumns } from './column-names.ts';
import type { DataFile, Row } from './dataset.ts';
import { type Field, recordsOf } from './delimited-records.ts';

/**
 * Reads the file twice: a column's type is known when all of it was seen.
 * @param options `delimiter` or `sep`, and pandas' `column_names`, `names`, `header`
 * @throws Error naming the row that is wrong
 */
export async function* readDelimited(file: DataFile, options: YamlFields): AsyncGenerator<readonly Row[], void> {
  const delimiter = String(options.delimiter ?? options.sep ?? ',');
  const records = () => recordsOf(file.text(), delimiter);
  const { names, hasHeader, columns } = await lookThrough(records(), options);
  const converts = columns.map(convertOf);
  let isHead = hasHeader;
  for await (const batch of records()) {
    const body = isHead ? batch.slice(1) : batch;
    isHead = false;
    yield body.map((record) => {
      const row: Record<string, unknown> = {};
      for (const [column, name] of names.entries()) {
        const text = record[column]?.text ?? '';
        row[name] = MISSING.has(text) ? null : converts[column]!(text);
      }
      return row;
    });
  }
}

/** What a column may still be, after the values seen so far. */
interface Column {
  isComplete: boolean;
  isPresent: boolean;
  isInteger: boolean;
  isFloat: boolean;
  isBoolean: boolean;
}

async function lookThrough(batches: AsyncIterable<readonly Field[][]>, options: YamlFields) {
  const given = (options.column_names ?? options.names) as readonly unknown[] | null | undefined;
  const hasHeader = options.header === undefined ? given == null : options.header !== null;
  let names = given?.map(String);
  const isWidthFree = names === undefined && !hasHeader;
  const columns: Column[] = [];
  const grow = (width: number, rowsBefore: number) => {
    while (columns.length < width) {
      columns.push({
        isComplete: rowsBefore === 0,
        isPresent: false,
        isInteger: true,
        isFloat: true,
        isBoolean: true,
      });
    }
  };
  let row = 0;
  let isHead = hasHeader;
  for await (const batch of batches) {
    for (const record of batch) {
      if (isHead) {
        names ??= nameColumns(record.map(({ text }) => text));
        isHead = false;
        continue;
      }
      if (isWidthFree) grow(record.length, row);
      else if (row === 0) grow(names!.length, 0);
      row++;
      if (record.length > columns.length)
        throw new Error(`row ${row} has ${record.length} fields, not ${columns.length}`);
      for (const [i, column] of columns.entries()) note(column, record[i]?.text ?? '');
    }
  }
  return { names: names ?? columns.map((_, i) => String(i)), hasHeader, columns };
}

function note(column: Column, text: string): void {
  if (MISSING.has(text)) {
    column.isComplete = false;
    return;
  }
  column.isPresent = true;
  column.isInteger &&= INTEGER.test(text);
  column.isFloat &&= FLOAT.test(text);
  column.isBoolean &&= BOOLEAN.test(text);
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
function convertOf({ isComplete, isPresent, isInteger, isFloat, isBoolean }: Column): (text: string) => unknown {
  if (isPresent && isInteger) return isComplete ? Number : (text) => asFloat(Number(text));
  if (isPresent && isFloat) return (text) => asFloat(Number(text));
  if (isPresent && isComplete && isBoolean) return (text) => text.toLowerCase() === 'true';
  return (text) => text;
}

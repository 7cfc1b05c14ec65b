/** JSON Lines, or one JSON document holding a list of rows (under `field`, if the task names one). */
import { parseTolerantJson } from '../../../system/json.ts';
import { isDict, PythonFloat } from '../../python/python-value.ts';
import type { DatasetReader, Row } from '../dataset.ts';
import { linesOf } from '../read-lines.ts';
import { wholeText } from '../whole-text.ts';

export const json: DatasetReader = {
  id: 'json',
  extensions: ['.jsonl', '.json', '.ndjson'],
  names: ['json', 'jsonl'],
  async *read(file, { field }) {
    if (field != null) {
      const document = parseDocument(await wholeText(file.text()));
      yield rowsIn(isDict(document) ? document[String(field)] : undefined);
      return;
    }
    let done = 0;
    // A file of one line may be a document whose rows stand further in: the first row waits for a second.
    let first: Row | null = null;
    let isSecond = false;
    for await (const lines of linesOf(file.text())) {
      const rows: Row[] = [];
      for (const [i, line] of lines.entries()) {
        if (line.trim() === '') continue;
        if (first === null) {
          if (line.trimStart().startsWith('[') || !isWhole(line)) {
            yield rowsIn(parseDocument(await wholeText(file.text())));
            return;
          }
          first = rowOf(line, done + i + 1);
          continue;
        }
        if (!isSecond) rows.push(first);
        isSecond = true;
        rows.push(rowOf(line, done + i + 1));
      }
      done += lines.length;
      if (rows.length > 0) yield rows;
    }
    if (first !== null && !isSecond) yield listWithin(first) ?? [first];
  },
};

function rowOf(line: string, number: number): Row {
  let row: unknown;
  try {
    row = parse(line);
  } catch (error) {
    throw new Error(`line ${number} is not JSON (${(error as Error).message.slice(0, 200)})`);
  }
  if (isDict(row)) return row;
  throw new Error(`line ${number} is not a JSON object`);
}

/** @throws Error naming the line where it stops being JSON */
function parseDocument(text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const { message } = error as Error;
    const place = /position (\d+)/.exec(message)?.[1];
    const line = place === undefined ? 1 : text.slice(0, Number(place)).split('\n').length;
    throw new Error(
      `line ${line} is not JSON, neither by itself nor in the file as a whole (${message.slice(0, 200)})`,
    );
  }
}

function isWhole(line: string): boolean {
  try {
    parse(line);
    return true;
  } catch {
    return false;
  }
}

function rowsIn(value: unknown): readonly Row[] {
  if (Array.isArray(value)) {
    const wrong = value.findIndex((row) => !isDict(row));
    if (wrong < 0) return value;
    throw new Error(`item ${wrong + 1} is not a JSON object`);
  }
  if (!isDict(value)) throw new Error('it holds neither JSON lines nor a list of objects');
  const list = listWithin(value);
  if (list !== null) return list;
  // A table by columns: {"question": [...], "answer": [...]}.
  const columns = Object.entries(value);
  const size = (columns[0]?.[1] as unknown[] | undefined)?.length;
  if (columns.every(([, column]) => Array.isArray(column) && column.length === size)) {
    return Array.from({ length: size ?? 0 }, (_, i) =>
      Object.fromEntries(columns.map(([name, column]) => [name, (column as unknown[])[i]])),
    );
  }
  return [value];
}

const ENVELOPES = ['data', 'examples', 'rows', 'instances', 'items', 'docs'];

/** The rows of {"name": ..., "examples": [{...}, ...]}, as BIG-bench and others publish; null when it is a row itself. */
function listWithin(document: Row): readonly Row[] | null {
  const lists = Object.entries(document).filter(([, value]) => Array.isArray(value) && value.length > 0);
  const [only] = lists;
  if (lists.length !== 1 || only === undefined || !ENVELOPES.includes(only[0])) return null;
  const list = only[1] as unknown[];
  return list.every(isDict) ? list : null;
}

const FLOAT_MARK = '\u0000float\u0000';
const INTEGRAL_FLOAT = /[:,[]\s*-?\d+(?:\.0+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)\s*[,}\]]/;

/** JSON.parse that keeps 1.0 a float; most lines hold none and take the fast way. */
function parse(text: string): unknown {
  if (!/\d(?:\.0|[eE])/.test(text) || !INTEGRAL_FLOAT.test(text)) return parseTolerantJson(text);
  const marked = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs, (token) =>
    token.startsWith('"') || !/[.eE]/.test(token) ? token : JSON.stringify(FLOAT_MARK + token),
  );
  return revive(parseTolerantJson(marked));
}

function revive(value: unknown): unknown {
  if (typeof value === 'string' && value.startsWith(FLOAT_MARK)) {
    const number = Number(value.slice(FLOAT_MARK.length));
    return Number.isInteger(number) ? new PythonFloat(number) : number;
  }
  if (Array.isArray(value)) return value.map(revive);
  if (isDict(value)) return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
  return value;
}

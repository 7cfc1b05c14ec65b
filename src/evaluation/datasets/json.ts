/** JSON Lines, or one JSON document holding a list of rows (under `field`, if the task names one). */
import { parseTolerantJson } from '../../system/json.ts';
import type { DatasetReader, Row } from '../dataset.ts';
import { isDict, PythonFloat } from '../python/python-value.ts';
import { linesOf } from '../read-lines.ts';

export const json: DatasetReader = {
  id: 'json',
  extensions: ['.jsonl', '.json', '.ndjson'],
  names: ['json', 'jsonl'],
  read: async (chunks, options) => {
    const lines: string[] = [];
    for await (const line of linesOf(chunks)) lines.push(line);
    const { field } = options;
    if (field != null) return rowsIn((parse(lines.join('\n')) as Row)[String(field)]);
    const first = lines.find((line) => line.trim() !== '');
    if (first === undefined) return [];
    if (first.trimStart().startsWith('[') || !isWhole(first)) return rowsIn(parse(lines.join('\n')));
    return lines.flatMap((line, i) => {
      if (line.trim() === '') return [];
      try {
        const row = parse(line);
        if (isDict(row)) return [row];
      } catch (error) {
        throw new Error(`line ${i + 1} is not JSON (${(error as Error).message})`);
      }
      throw new Error(`line ${i + 1} is not a JSON object`);
    });
  },
};

function isWhole(line: string): boolean {
  try {
    parse(line);
    return true;
  } catch {
    return false;
  }
}

function rowsIn(value: unknown): Row[] {
  if (Array.isArray(value)) {
    const wrong = value.findIndex((row) => !isDict(row));
    if (wrong < 0) return value;
    throw new Error(`item ${wrong + 1} is not a JSON object`);
  }
  if (!isDict(value)) throw new Error('it holds neither JSON lines nor a list of objects');
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

const FLOAT_MARK = '\u0000float\u0000';
const INTEGRAL_FLOAT = /[:,[]\s*-?\d+(?:\.0+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)\s*[,}\]]/;

/** JSON.parse that keeps 1.0 a float; most lines hold none and take the fast way. */
function parse(text: string): unknown {
  if (!INTEGRAL_FLOAT.test(text)) return parseTolerantJson(text);
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

/** Text of comma-separated values (RFC 4180), in pieces -> records of fields. */
import { LONGEST_LINE } from './read-lines.ts';

export interface Field {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Records as many at a time as a piece holds. @throws Error naming the row whose quote is never closed */
export async function* recordsOf(
  chunks: AsyncIterable<string>,
  delimiter: string,
): AsyncGenerator<readonly Field[][], void> {
  let open: string[] = [];
  let length = 0;
  let done = 0;
  // A field over many pieces is looked at again only when the text has doubled, so that it is not read over and over.
  let enough = 0;
  for await (const chunk of chunks) {
    open.push(chunk);
    length += chunk.length;
    if (length < enough) continue;
    if (length > LONGEST_LINE) throw new Error(`row ${done + 1} has a quote that is never closed, or is endless`);
    const text = open.join('');
    const { records, rest } = parseRecords(text, delimiter, false);
    open = [text.slice(rest)];
    length = open[0]!.length;
    enough = records.length === 0 ? 2 * length : 0;
    done += records.length;
    if (records.length > 0) yield records;
  }
  const { records, rest } = parseRecords(open.join(''), delimiter, true);
  if (records.length > 0) yield records;
  if (rest >= 0) throw new Error(`row ${done + records.length + 1} has a quote that is never closed`);
}

const QUOTE = 34;
const LINE_FEED = 10;
const RETURN = 13;

/**
 * @param isLast the text ends here; otherwise a record that may go on is left alone
 * @returns `rest`: where the first unfinished record begins; -1 when all is read
 */
function parseRecords(text: string, delimiter: string, isLast: boolean): { records: Field[][]; rest: number } {
  const records: Field[][] = [];
  const separator = delimiter.charCodeAt(0);
  const { length } = text;
  let record: Field[] = [];
  let start = 0;
  let at = 0;
  while (at < length) {
    let value = '';
    const isQuoted = text.charCodeAt(at) === QUOTE;
    if (isQuoted) {
      at++;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) return { records, rest: start };
        value += text.slice(at, close);
        at = close + 1;
        if (text.charCodeAt(at) !== QUOTE) break;
        value += '"';
        at++;
      }
    }
    let end = at;
    for (; end < length; end++) {
      const code = text.charCodeAt(end);
      if (code === LINE_FEED || code === RETURN) break;
      if (code === separator && (delimiter.length === 1 || text.startsWith(delimiter, end))) break;
    }
    // The next piece may go on with this field, close its quote twice, or bring the line feed of a return.
    if (!isLast && end + delimiter.length >= length) break;
    value += text.slice(at, end);
    record.push({ text: value, isQuoted });
    at = end;
    if (at < length && text.startsWith(delimiter, at)) {
      at += delimiter.length;
      const next = text.charCodeAt(at);
      const isEnd = at === length || next === LINE_FEED || next === RETURN;
      if (!isEnd) continue;
      record.push({ text: '', isQuoted: false });
    }
    if (text.charCodeAt(at) === RETURN) at++;
    if (text.charCodeAt(at) === LINE_FEED) at++;
    // Blank lines are no rows.
    if (record.length > 1 || record[0]!.text !== '' || record[0]!.isQuoted) records.push(record);
    record = [];
    start = at;
  }
  return { records, rest: isLast ? -1 : start };
}

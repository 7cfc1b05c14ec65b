/** A byte stream as lines: UTF-8 safe over chunk borders, progress bars (carriage returns) included, endless lines bounded. */
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

const LONGEST = 4000;

/** Calls `onLine` for every non-empty line, the unfinished last one included; longer lines are cut. */
export function readLines(stream: Readable, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const emit = (line: string) => {
    if (line.trim() !== '') onLine(line.slice(0, LONGEST));
  };
  stream.on('data', (chunk: Buffer) => {
    const parts = (rest + decoder.write(chunk)).split(/\r\n|\n|\r/);
    rest = (parts.pop() ?? '').slice(0, LONGEST);
    parts.forEach(emit);
  });
  stream.on('end', () => emit(rest + decoder.end()));
  stream.on('error', () => {});
}

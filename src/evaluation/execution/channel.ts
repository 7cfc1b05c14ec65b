/** Lines to and from sandboxed processes, never more of them in memory than a pipe holds. */
import type { Writable } from 'node:stream';
import type { SandboxedProcess, SandboxLimits } from '../../system/sandbox.ts';
import type { Program } from './program.ts';

/** The sandbox did not come so far as to run the program: no fault of the program's. */
export class SandboxFault extends Error {}

/** A stream whose first line was read: what came behind it, and the rest. */
export interface Opened {
  readonly rest: Buffer;
  readonly chunks: AsyncIterator<Buffer>;
}

const NEWLINE = 10;
/** A hello and a verdict are short. */
const LONGEST_LINE = 100_000;

/** Null when the stream ended before its first line did. */
export async function firstLine(stream: AsyncIterable<Buffer>): Promise<(Opened & { readonly line: string }) | null> {
  const chunks = stream[Symbol.asyncIterator]();
  let read = Buffer.alloc(0);
  for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
    read = Buffer.concat([read, next.value]);
    const end = read.indexOf(NEWLINE);
    if (end >= 0) return { line: read.subarray(0, end).toString('utf8'), rest: read.subarray(end + 1), chunks };
    if (read.length > LONGEST_LINE) return null;
  }
  return null;
}

/**
 * Everything goes on to `sink`, which ends with it. With a mark, the line that begins with it is not carried but returned, and
 * ends the carrying.
 */
export async function carry({ rest, chunks }: Opened, sink: Writable, mark?: string): Promise<string | null> {
  let isLineBegin = true;
  for (let chunk: Buffer | undefined = rest; chunk !== undefined; ) {
    const at = mark === undefined ? -1 : markedLine(chunk, mark.charCodeAt(0), isLineBegin);
    if (at >= 0) return wholeLine(chunk.subarray(at), chunks);
    if (chunk.length > 0) {
      isLineBegin = chunk.at(-1) === NEWLINE;
      if (!(await written(sink, chunk))) return null;
    }
    const next = await chunks.next();
    chunk = next.done === true ? undefined : next.value;
  }
  sink.end();
  return null;
}

/** Where a line with this first byte begins; -1 when none does. */
function markedLine(chunk: Buffer, mark: number, isLineBegin: boolean): number {
  if (isLineBegin && chunk[0] === mark) return 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) {
    if (chunk[at + 1] === mark) return at + 1;
  }
  return -1;
}

async function wholeLine(begun: Buffer, chunks: AsyncIterator<Buffer>): Promise<string | null> {
  let line = begun;
  while (!line.includes(NEWLINE)) {
    const next = await chunks.next();
    if (next.done === true || line.length > LONGEST_LINE) return null;
    line = Buffer.concat([line, next.value]);
  }
  return line.subarray(0, line.indexOf(NEWLINE)).toString('utf8');
}

/** False when nobody reads there any more. */
function written(sink: Writable, chunk: Buffer): Promise<boolean> {
  return new Promise((resolve) => sink.write(chunk, (error) => resolve(error == null)));
}

/** The end of what a sandbox says of itself; programs can't write there. */
export async function troubleOf(processes: readonly SandboxedProcess[]): Promise<string> {
  const said = await Promise.all(
    processes.map(async ({ stderr }) => {
      let text = '';
      for await (const chunk of stderr) text = (text + String(chunk)).slice(-2000);
      return text.trim().split('\n').at(-1) ?? '';
    }),
  );
  return said.find((line) => line !== '') ?? 'it ended without a word';
}

/** Processor time is what the task grants; a machine that trains at the same time may take a few times as long for it. */
export function limitsOf({ timeout, memoryBytes }: Pick<Program, 'timeout' | 'memoryBytes'>): SandboxLimits {
  const cpuSeconds = Math.ceil(timeout);
  return {
    cpuSeconds,
    wallSeconds: 3 * cpuSeconds + 3,
    memoryBytes,
    fileBytes: 16 << 20,
    processes: 32,
    openFiles: 64,
  };
}

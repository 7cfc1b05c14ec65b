/** Appends one JSON line per message to a file: for log shippers, and for a record beside the database. */
import { type FileHandle, open } from 'node:fs/promises';
import { machineBody } from '../machine-body.ts';
import type { DeliveryOutcome, Notifier, Outgoing } from '../notifier.ts';

export interface FileNotifierOptions {
  readonly name: string;
  readonly path: string;
}

export function createFileNotifier({ name, path }: FileNotifierOptions): Notifier {
  return { name, type: 'file', defaultSamples: 'ids', send: (outgoing) => append(path, outgoing), close: () => {} };
}

/** Sent once it is on the disk. A single write of a line is not torn by another process that appends; one that a crash tore stays alone. */
async function append(path: string, outgoing: Outgoing): Promise<DeliveryOutcome> {
  try {
    const file = await open(path, 'a+', 0o600);
    try {
      const before = (await endsWithLine(file)) ? '' : '\n';
      await file.appendFile(`${before}${JSON.stringify({ id: outgoing.key, ...machineBody(outgoing) })}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    return { kind: 'sent', detail: `a line in ${path}` };
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'failed';
    return { kind: 'retry', error: `${path} could not be written (${why}): is its directory there?`, afterMs: null };
  }
}

async function endsWithLine(file: FileHandle): Promise<boolean> {
  const { size } = await file.stat();
  if (size === 0) return true;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === 0x0a;
}

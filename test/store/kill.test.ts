import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { scratchDirectory } from './scratch.ts';

const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));

/** Lets a writer work until it has printed `lines` numbers, then kills it at once. @returns the last number it called durable */
async function writeAndKill(directory: string, lines: number): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = 0;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    seen += 1;
    if (seen === lines) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return last;
}

describe('a writer killed in the middle of its work', () => {
  it('loses nothing it called durable, leaves no half transaction, and frees the directory', async () => {
    const directory = scratchDirectory();
    for (const lines of [1, 7, 40]) {
      const promised = await writeAndKill(directory, lines);
      const store = openStore({ directory, now: Date.now });
      const numbers = store.telemetry.range('r').map((point) => point.step);
      const events = store.events.after(0, 1_000_000).map(({ event }) => event.step);
      store.close();
      expect(numbers.length).toBeGreaterThanOrEqual(promised);
      expect(events).toEqual(numbers);
    }
  });
});

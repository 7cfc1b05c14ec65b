/** Data directories of tests: real files that disappear afterwards, and a clock that moves only when told. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { createEventBus, type EventBus } from '../../src/daemon/event-bus.ts';
import { openStore, type Store } from '../../src/store/open-store.ts';

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** Called after the test, last one first. */
export function afterThisTest(cleanup: () => void): void {
  cleanups.push(cleanup);
}

export function scratchDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'libra-store-'));
  afterThisTest(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export interface Scratch {
  readonly store: Store;
  readonly clock: { at: number };
}

/** A store in a fresh directory; its time is `clock.at`. */
export function scratchStore(): Scratch {
  const clock = { at: 1_000 };
  const store = openStore({ directory: scratchDirectory(), now: () => clock.at });
  afterThisTest(() => store.close());
  return { store, clock };
}

/** The bus of a scratch store: events are kept, and a listener that fails fails the test. */
export function scratchBus({ store, clock }: Scratch): EventBus {
  return createEventBus({
    append: store.events.append,
    transaction: store.transaction,
    now: () => clock.at,
    onListenerError: (error) => {
      throw error;
    },
  });
}

/** A run `r` with a found checkpoint at each step. */
export function withCheckpoints({ store }: Scratch, ...steps: readonly number[]): string[] {
  store.runs.add({ id: 'r', name: 'r', path: '/out/r' });
  return steps.map(
    (step) => store.checkpoints.add({ run: 'r', step, path: `/out/r/checkpoint-${step}`, format: 'hugging-face' }).id,
  );
}

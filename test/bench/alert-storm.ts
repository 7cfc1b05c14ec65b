/** A storm of alerts: what goes out, how long it takes, and what memory it costs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { releaseHeld } from '../../src/daemon/hold-alert.ts';
import { remind } from '../../src/daemon/remind.ts';
import { openStore } from '../../src/store/open-store.ts';
import { alertStorm } from '../fakes/alert-storm.ts';
import { drainOutbox } from '../fakes/drain-outbox.ts';
import type { Figure } from './time-lapse.ts';

const ALERTS = 10_000;
const RUNS = 100;

export async function benchAlertStorm(): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'libra-storm-'));
  const clock = { at: Date.now() };
  const store = openStore({ directory, now: () => clock.at });
  try {
    const { context, sent, fire } = alertStorm(store, clock, RUNS);
    const mega = () => process.memoryUsage().rss / 1e6;
    const before = mega();
    let peak = before;
    const timed = async (work: () => unknown) => {
      const begin = performance.now();
      await work();
      peak = Math.max(peak, mega());
      return performance.now() - begin;
    };
    const firing = await timed(() => {
      for (let i = 0; i < ALERTS / 1_000; i++) {
        fire(1_000, { critical: true });
        peak = Math.max(peak, mega());
      }
    });
    const delivering = await timed(async () => {
      await drainOutbox(context);
    });
    const looking = await timed(() => {
      releaseHeld(context);
      remind(context);
    });
    const figure = (what: string, value: string): Figure => ({ what, value });
    return [
      figure(`messages sent of ${ALERTS.toLocaleString('en-US')} alerts`, String(sent.length)),
      figure('to keep and queue them', `${(firing / 1000).toFixed(1)} s`),
      figure('to deliver and sum up', `${Math.round(delivering)} ms`),
      figure('one look of the clock while all are open', `${Math.round(looking)} ms`),
      figure('memory before, and at most', `${Math.round(before)} MB, ${Math.round(peak)} MB`),
    ];
  } finally {
    store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

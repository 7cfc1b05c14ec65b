/** A store for noticing, in memory: survives the noticer, tells of every call, and lets a test wait for one. */

import type { KnownCheckpoint, NoticeSink, Observation } from '../../src/daemon/notice-sink.ts';
import type { Pin } from '../../src/domain/checkpoint.ts';
import type { Telemetry } from '../../src/domain/telemetry.ts';

interface Row extends KnownCheckpoint {
  readonly run: string;
  readonly reason: string | null;
  readonly tokens: number | null;
  readonly bytes: number | null;
}

export interface MemorySink extends NoticeSink {
  readonly runs: Map<string, { id: string; name: string; path: string; identity: string }>;
  readonly checkpoints: Map<string, Row>;
  readonly telemetries: Map<string, Telemetry>;
  readonly pinned: Map<string, { pin: Pin; order: number }>;
  /** Every state reported, in order: `id state`. */
  readonly said: string[];
  /** Resolves as soon as the condition holds; checked after every call. */
  until(condition: () => boolean, what: string): Promise<void>;
  /** Resolves when the checkpoint is in this state. */
  state(id: string, state: Row['state']): Promise<Row>;
  set(id: string, state: Row['state']): void;
}

export function createMemorySink(): MemorySink {
  const runs: MemorySink['runs'] = new Map();
  const checkpoints: MemorySink['checkpoints'] = new Map();
  const telemetries: MemorySink['telemetries'] = new Map();
  const pinned: MemorySink['pinned'] = new Map();
  const said: string[] = [];
  const waiting = new Set<() => void>();
  let order = 0;
  const told = () => {
    for (const check of [...waiting]) check();
  };
  const until = (condition: () => boolean, what: string) =>
    new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(check);
        reject(new Error(`never happened: ${what}; said: ${said.join(', ')}`));
      }, 20_000);
      const check = () => {
        if (!condition()) return;
        clearTimeout(timer);
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
    });
  const nextId = (run: string, step: number) => {
    for (let ordinal = 1; ; ordinal++) {
      const id = ordinal === 1 ? `${run}-${step}` : `${run}-${step}.${ordinal}`;
      if (!checkpoints.has(id)) return id;
    }
  };
  return {
    runs,
    checkpoints,
    telemetries,
    pinned,
    said,
    until,
    state: async (id, state) => {
      await until(() => checkpoints.get(id)?.state === state, `${id} ${state}`);
      return checkpoints.get(id) as Row;
    },
    set: (id, state) => {
      checkpoints.set(id, { ...(checkpoints.get(id) as Row), state });
    },
    knownRuns: () => [...runs.values()],
    knownCheckpoints: (run) => [...checkpoints.values()].filter((row) => row.run === run),
    pins: () => [...pinned].map(([checkpoint, { pin, order: at }]) => ({ checkpoint, pin, order: at, isSpare: false })),
    runFound: ({ id, ...run }) => {
      const own = id ?? run.name.replaceAll('/', '-');
      runs.set(own, { id: own, ...run });
      told();
      return own;
    },
    observed: (observation: Observation) => {
      const id = observation.id ?? nextId(observation.run, observation.step);
      const before = checkpoints.get(id);
      checkpoints.set(id, { ...observation, id, fingerprint: observation.fingerprint ?? before?.fingerprint ?? null });
      if (observation.pin) pinned.set(id, { pin: observation.pin, order: order++ });
      if (before?.state !== observation.state) said.push(`${id} ${observation.state}`);
      told();
      return id;
    },
    refound: ({ id, path, observed, lastByteAt }) => {
      checkpoints.set(id, { ...(checkpoints.get(id) as Row), path, observed, lastByteAt });
      told();
    },
    telemetry: (run, telemetry) => void telemetries.set(`${run}-${telemetry.step}`, telemetry),
    pinReleased: (checkpoint, reason) => {
      pinned.delete(checkpoint);
      said.push(`${checkpoint} released: ${reason}`);
      told();
    },
  };
}

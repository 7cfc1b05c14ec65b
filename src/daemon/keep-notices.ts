/** What the watcher notices, written down: runs, states of checkpoints, pins and telemetry, each in one transaction. */
import type { CheckpointState } from '../domain/checkpoint.ts';
import type { EventName } from '../domain/event.ts';
import type { Telemetry } from '../domain/telemetry.ts';
import type { DaemonContext } from './context.ts';
import type { NoticeSink, Observation } from './notice-sink.ts';
import { noticeTelemetry } from './notice-telemetry.ts';
import { planCheckpoint } from './plan-checkpoint.ts';
import { runSettingsOf } from './run-settings.ts';
import { tellRecovered, tellVanished } from './tell-trouble.ts';

/** States that are news; the others only stand in the database. */
const NEWS: Partial<Record<CheckpointState, EventName>> = {
  found: 'checkpoint.found',
  complete: 'checkpoint.complete',
  invalid: 'checkpoint.invalid',
  vanished: 'checkpoint.vanished',
};

export interface NoticeEffects {
  /** A checkpoint is in the queue. */
  readonly onQueued: () => void;
  /** A checkpoint changed in a way that verdicts of later ones may have waited for. */
  readonly onSettled: () => void;
}

export function keepNotices(context: DaemonContext, effects: NoticeEffects): NoticeSink {
  const { store, bus } = context;
  return {
    knownRuns: () => store.runs.list(),
    knownCheckpoints: (run) => store.checkpoints.ofRun(run),
    pins: () =>
      store.pins.held().map((pin) => {
        const { state } = store.checkpoints.require(pin.checkpoint);
        const isSpare = state === 'evaluated' || state === 'skipped';
        return { checkpoint: pin.checkpoint, pin, order: pin.id, isSpare };
      }),
    runFound: ({ id, name, path, identity }) =>
      bus.transact(() => {
        if (id !== null) {
          store.runs.move(id, path, identity);
          return id;
        }
        const run = store.runs.add({ id: store.runs.freeId(slugOf(name)), name, path, identity });
        bus.emit('run.found', { run: run.id, path });
        return run.id;
      }),
    observed: (observation) => {
      const id = bus.transact(() => keepObservation(context, observation));
      if (observation.state === 'complete') effects.onQueued();
      if (observation.state === 'invalid' || observation.state === 'vanished') effects.onSettled();
      return id;
    },
    refound: ({ id, path, observed, lastByteAt }) =>
      store.checkpoints.learn(id, { path, observed, ...(lastByteAt === null ? {} : { lastByteAt }) }),
    telemetry: (run, telemetry) => bus.transact(() => keepTelemetry(context, run, telemetry)),
    pinReleased: (checkpoint, reason) =>
      bus.transact(() => {
        const pin = store.pins.ofCheckpoint(checkpoint);
        if (pin) store.pins.release(pin.id);
        context.log.warn(`the pin of ${checkpoint} is given up: ${reason}`);
        const { state, reason: before } = store.checkpoints.require(checkpoint);
        if (state === 'queued')
          store.checkpoints.transition(checkpoint, 'queued', `not protected from deletion: ${reason}`);
        if (state === 'skipped') {
          const lost = `It can only be taken up while the trainer keeps it: ${reason}.`;
          store.checkpoints.transition(checkpoint, 'skipped', before === null ? lost : `${before} ${lost}`);
        }
      }),
  };
}

function keepObservation(context: DaemonContext, observation: Observation): string {
  const { store, bus } = context;
  const { run, step, path, format, state, reason, observed, fingerprint, bytes, lastByteAt, pin } = observation;
  const id = observation.id ?? store.checkpoints.add({ run, step, path, format }).id;
  const before = store.checkpoints.require(id);
  store.checkpoints.learn(id, {
    path,
    format,
    observed,
    tokens: observation.tokens ?? tokensAt(context, run, step),
    ...(fingerprint === null ? {} : { fingerprint }),
    ...(bytes === null ? {} : { bytes }),
    ...(lastByteAt === null ? {} : { lastByteAt }),
  });
  if (pin !== null && store.pins.ofCheckpoint(id) === null) store.pins.add(id, pin);
  const isNews = observation.id === null || state !== before.state;
  store.checkpoints.transition(id, state, reason);
  const news = NEWS[state];
  if (news && isNews) {
    bus.emit(news, {
      run,
      checkpoint: id,
      step,
      path,
      ...(reason ? { reason } : {}),
      ...(bytes === null ? {} : { bytes }),
    });
  }
  if (state === 'vanished' && isNews) tellVanished(context, store.checkpoints.require(id));
  if (state === 'complete' && isNews) {
    tellRecovered(context, store.checkpoints.require(id), 'checkpoint-vanished');
    noticeTelemetry(context, store.checkpoints.require(id));
    planCheckpoint(context, id);
  }
  return id;
}

/** Only what the team told us; tokens are never guessed. */
function tokensAt({ config, store }: DaemonContext, run: string, step: number): number | null {
  const { path } = store.runs.require(run);
  const own = runSettingsOf(config, path)?.tokens_per_step;
  const perStep = own ?? config.tokens_per_step;
  return perStep === null ? null : perStep * step;
}

function keepTelemetry({ store }: DaemonContext, run: string, telemetry: Telemetry): void {
  store.telemetry.add(run, telemetry.points);
  if (telemetry.maxSteps !== null) store.runs.setMaxSteps(run, telemetry.maxSteps);
}

/** Letters, digits, dots and dashes: safe in an address and in a file name. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}._]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return slug.slice(0, 80) || 'run';
}

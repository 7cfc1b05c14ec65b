/** Models that are no checkpoint of a run that is watched: each becomes a run of its own with one checkpoint, which is evaluated once. */
import { basename } from 'node:path';
import { createFileProofs } from '../checkpoint/file-proofs.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../checkpoint/inspect.ts';
import { messageOf } from '../domain/errors.ts';
import { findBaseModel } from '../system/base-model.ts';
import type { DaemonContext } from './context.ts';
import { slugOf } from './keep-notices.ts';
import { planCheckpoint } from './plan-checkpoint.ts';

/** @returns the run that stands for the base model; it is made, and its evaluation queued, when it is new */
export async function queueBase(context: DaemonContext, base: string, near: string): Promise<string> {
  const directory = await findBaseModel(base, { near });
  return queueModel(context, directory, `base: ${base.startsWith('/') ? basename(base) : base}`, 'the base model');
}

const keyOf = (name: string): string => `reference:${name}`;

/** Those of the configuration, once at start; one that can't be read is said and left out. */
export async function queueReferences(context: DaemonContext): Promise<void> {
  const { config, store, log } = context;
  for (const [name, place] of Object.entries(config.references)) {
    try {
      const directory = await findBaseModel(place);
      const run = await queueModel(context, directory, `reference: ${name}`, `the reference ${name}`);
      store.meta.set(keyOf(name), run);
    } catch (error) {
      store.meta.set(keyOf(name), '');
      log.warn(`nothing is held against the reference ${name} (references.${name}: ${place}): ${messageOf(error)}`);
    }
  }
}

/** The run that stands for a configured reference; null where it could not be read. */
export function referenceRun({ store }: Pick<DaemonContext, 'store'>, name: string): string | null {
  return store.meta.get(keyOf(name)) || null;
}

/** The same files are the same run, whatever they are called. */
async function queueModel(context: DaemonContext, directory: string, name: string, reason: string): Promise<string> {
  const { store, bus, clock } = context;
  const inspected = await inspectCheckpoint(directory, 0, createFileProofs(directory));
  const fingerprint = await fingerprintOf(directory, inspected.identity);
  const identity = `base:${fingerprint}`;
  const known = store.runs.findByIdentity(identity);
  if (known !== null) return known.id;
  return bus.transact(() => {
    const run = store.runs.add({ id: store.runs.freeId(slugOf(name)), name, path: directory, identity });
    store.runs.setState(run.id, 'finished');
    bus.emit('run.found', { run: run.id, path: directory });
    const { id } = store.checkpoints.add({ run: run.id, step: 0, path: directory, format: inspected.format });
    store.checkpoints.learn(id, { fingerprint, observed: inspected.needed, lastByteAt: clock.now() });
    store.checkpoints.transition(id, 'complete', reason);
    bus.emit('checkpoint.complete', { run: run.id, checkpoint: id, step: 0, path: directory });
    planCheckpoint(context, id);
    return run.id;
  });
}

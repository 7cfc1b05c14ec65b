/**
 * What a run trains and what it started from, learned from its first checkpoint that is evaluated. The base model, if one is named, is
 * evaluated once as the only checkpoint of a run of its own, so that everything the run gains and loses can be told against it.
 */
import { basename } from 'node:path';
import { createFileProofs } from '../checkpoint/file-proofs.ts';
import { fingerprintOf } from '../checkpoint/fingerprint.ts';
import { inspectCheckpoint } from '../checkpoint/inspect.ts';
import { recogniseModelType } from '../checkpoint/model-type.ts';
import { messageOf } from '../domain/errors.ts';
import type { RunModel } from '../store/run-models.ts';
import type { StoredRun } from '../store/runs.ts';
import { findBaseModel } from '../system/base-model.ts';
import type { DaemonContext } from './context.ts';
import { slugOf } from './keep-notices.ts';
import { planCheckpoint } from './plan-checkpoint.ts';
import { runSettingsOf } from './run-settings.ts';

/**
 * Known from then on, also over restarts.
 * @param directory files of one of its checkpoints
 */
export async function learnRunModel(context: DaemonContext, run: StoredRun, directory: string): Promise<RunModel> {
  const { config, store, log } = context;
  const known = store.runModels.get(run.id);
  if (known !== null) return known;
  const settings = runSettingsOf(config, run.path);
  const said = { type: settings?.model_type ?? null, stage: settings?.stage ?? null };
  const recognised = await recogniseModelType(directory, said);
  const base = settings?.base ?? recognised.base;
  store.runModels.put(run.id, { ...recognised, base });
  log.info(`${run.id} is a ${recognised.type} model: ${recognised.evidence.join('; ')}`);
  if (base !== null) {
    try {
      store.runModels.setBase(run.id, await queueBase(context, base, directory));
    } catch (error) {
      log.warn(`what ${run.id} gained and lost against its base model can't be told: ${messageOf(error)}`);
    }
  }
  return store.runModels.get(run.id)!;
}

/** @returns the run that stands for the base model; it is made, and its evaluation queued, when it is new */
async function queueBase(context: DaemonContext, base: string, near: string): Promise<string> {
  const { store, bus, clock } = context;
  const directory = await findBaseModel(base, { near });
  const inspected = await inspectCheckpoint(directory, 0, createFileProofs(directory));
  const fingerprint = await fingerprintOf(directory, inspected.identity);
  const identity = `base:${fingerprint}`;
  const known = store.runs.findByIdentity(identity);
  if (known !== null) return known.id;
  const name = `base: ${base.startsWith('/') ? basename(base) : base}`;
  return bus.transact(() => {
    const run = store.runs.add({ id: store.runs.freeId(slugOf(name)), name, path: directory, identity });
    store.runs.setState(run.id, 'finished');
    bus.emit('run.found', { run: run.id, path: directory });
    const { id } = store.checkpoints.add({ run: run.id, step: 0, path: directory, format: inspected.format });
    store.checkpoints.learn(id, { fingerprint, observed: inspected.needed, lastByteAt: clock.now() });
    store.checkpoints.transition(id, 'complete', 'the base model');
    bus.emit('checkpoint.complete', { run: run.id, checkpoint: id, step: 0, path: directory });
    planCheckpoint(context, id);
    return run.id;
  });
}

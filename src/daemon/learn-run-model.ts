/**
 * What a run trains and what it started from, learned from its first checkpoint that is evaluated. The base model, if one is named, is
 * evaluated once as the only checkpoint of a run of its own, so that everything the run gains and loses can be told against it.
 */
import { recogniseModelType } from '../checkpoint/model-type.ts';
import { messageOf } from '../domain/errors.ts';
import type { RunModel } from '../store/run-models.ts';
import type { StoredRun } from '../store/runs.ts';
import type { DaemonContext } from './context.ts';
import { queueBase } from './queue-model.ts';
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

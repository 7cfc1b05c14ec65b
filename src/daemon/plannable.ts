/** What `libra plan` can be asked about: a checkpoint that is known, or a directory with a model that nobody watches. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { recogniseModelType } from '../checkpoint/model-type.ts';
import { stepOfName } from '../checkpoint/step-name.ts';
import { LibraError } from '../domain/errors.ts';
import type { ModelType } from '../domain/model-type.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import { findCheckpoint } from './find-checkpoint.ts';

export interface Plannable {
  /** As it is shown. */
  readonly name: string;
  /** Null for a directory that nobody watches. */
  readonly checkpoint: StoredCheckpoint | null;
  readonly directory: string;
  readonly step: number;
  readonly modelType: ModelType;
}

/**
 * An id that is known comes first, then a directory, then what names a checkpoint of a run.
 * @throws LIBRA_NOT_FOUND, LIBRA_RUN_UNKNOWN
 */
export async function findPlannable(store: Store | null, text: string): Promise<Plannable> {
  const exact = store?.checkpoints.get(text) ?? null;
  if (exact !== null) return known(exact);
  const directory = resolve(text);
  if ((await stat(directory).catch(() => null))?.isDirectory()) {
    const before = store?.checkpoints.findByPath(directory).at(-1);
    if (before !== undefined) return known(before);
    // The directory of a run stands for its newest checkpoint.
    const isRun = store?.runs.list().some(({ path }) => path === directory) ?? false;
    if (!isRun) {
      const { type } = await recogniseModelType(directory, {});
      const name = basename(directory);
      return { name, checkpoint: null, directory, step: stepOfName(name)?.step ?? 0, modelType: type };
    }
  }
  if (store !== null) return known(findCheckpoint(store, text));
  throw new LibraError('LIBRA_NOT_FOUND', `There is no ${text}, and no database to look for it in.`, {
    hint: 'Name a directory with a model, or the data directory with --data.',
  });
}

function known(checkpoint: StoredCheckpoint): Plannable {
  const { id, path, step } = checkpoint;
  return { name: id, checkpoint, directory: path, step, modelType: 'base' };
}

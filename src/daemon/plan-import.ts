/** What an import would take, without touching anything. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/schema.ts';
import type { ImportTrouble } from '../evaluation/harness/recorded.ts';
import { openStoreForReading, type Store } from '../store/open-store.ts';
import { findRun, isKnown } from './import-evaluations.ts';
import { openTaskLabels } from './imported-labels.ts';
import { openSegmentBook } from './imported-segments.ts';
import { readImported } from './keep-imported.ts';
import { slugOf } from './keep-notices.ts';
import type { RecordedRun } from './recorded-checkpoints.ts';

export interface ImportPlan {
  readonly run: string;
  readonly checkpoints: readonly {
    readonly step: number;
    readonly path: string;
    readonly tasks: number;
    readonly with_samples: number;
    /** Docs with samples. */
    readonly docs: number;
    readonly is_new: boolean;
    /** There already, with the same files. */
    readonly is_known: boolean;
  }[];
  readonly troubles: readonly ImportTrouble[];
}

/** Samples are read as well, so that what is wrong with them is known before. */
export async function planImport({
  run: name,
  recorded,
  config,
  directory,
}: {
  readonly run: string;
  readonly recorded: RecordedRun;
  readonly config: Config;
  /** Of the data. */
  readonly directory: string;
}): Promise<ImportPlan> {
  const store = existsSync(join(directory, 'libra.db')) ? openStoreForReading({ directory, now: () => 0 }) : null;
  try {
    return await plan(name, recorded, config, store);
  } finally {
    store?.close();
  }
}

async function plan(name: string, recorded: RecordedRun, config: Config, store: Store | null): Promise<ImportPlan> {
  const run = store === null ? null : findRun(store, name);
  const book = openSegmentBook(store !== null && run !== null ? { store, run: run.id } : null);
  const labels = await openTaskLabels(run === null ? null : store, run?.id ?? '', config, recorded);
  const troubles = [...recorded.troubles];
  const checkpoints: ImportPlan['checkpoints'][number][] = [];
  for (const one of recorded.checkpoints) {
    const about = { step: one.step, path: one.directory };
    if (store !== null && run !== null && isKnown(store, run, one)) {
      const samples = one.tasks.filter((task) => task.samples !== null).length;
      checkpoints.push({
        ...about,
        tasks: one.tasks.length,
        with_samples: samples,
        docs: 0,
        is_new: false,
        is_known: true,
      });
      continue;
    }
    const read = await readImported(one, labels, book, troubles);
    if (read === null) continue;
    checkpoints.push({
      ...about,
      tasks: read.tasks.length,
      with_samples: read.tasks.filter(({ docs }) => docs > 0).length,
      docs: read.docs,
      is_new: run === null || store!.checkpoints.atStep(run.id, one.step).length === 0,
      is_known: false,
    });
  }
  return { run: run?.id ?? slugOf(name), checkpoints, troubles };
}

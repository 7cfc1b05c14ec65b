/** Finds what two words of a command line mean, compares the two, and prints it. */
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { type ComparisonSide, findComparable, sideOfCheckpoint, sideOfFolder } from '../../daemon/comparison-side.ts';
import { readComparison } from '../../daemon/read-comparison.ts';
import { LibraError } from '../../domain/errors.ts';
import { openStoreForReading, type Store } from '../../store/open-store.ts';
import { systemClock } from '../../system/clock.ts';
import type { CompareFlags } from '../commands/compare.ts';
import { dataDirectoryOf } from '../data-directory.ts';
import { columnsOf, createPalette, type Output, wantsColour } from '../terminal/color.ts';
import { renderComparison } from './render-comparison.ts';

/** @throws LIBRA_NOT_FOUND, LIBRA_RUN_UNKNOWN when one of the two is nothing that was evaluated */
export async function runCompare(
  a: string,
  b: string,
  flags: CompareFlags,
  output: Output & { write(text: string): unknown },
): Promise<void> {
  const directory = dataDirectoryOf(flags.data);
  const store = existsSync(join(directory, 'libra.db'))
    ? openStoreForReading({ directory, now: systemClock.now })
    : null;
  try {
    const compared = readComparison(await sideOf(store, a), await sideOf(store, b), flags.flips);
    if (flags.json) {
      output.write(`${JSON.stringify(compared)}\n`);
      return;
    }
    const width = output.isTTY ? columnsOf(output, 80) : undefined;
    output.write(`${renderComparison(compared, { palette: createPalette(wantsColour(output)), width })}\n`);
  } finally {
    store?.close();
  }
}

/** A checkpoint that is known by that very id; else a path, of results or of a checkpoint; else what names a checkpoint of a run. */
async function sideOf(store: Store | null, text: string): Promise<ComparisonSide> {
  if (store?.checkpoints.get(text)) return sideOfCheckpoint(store, findComparable(store, text));
  const placed = /^(.+)@(\d+)$/.exec(text);
  for (const [path, step] of [[text, null], ...(placed ? [[placed[1]!, Number(placed[2])] as const] : [])] as const) {
    if ((await stat(path).catch(() => null)) === null) continue;
    const known = store?.checkpoints.findByPath(resolve(path)).find(({ state }) => state === 'evaluated');
    const hasRun =
      store !== null && step !== null && store.runs.list().some((run) => run.name === path || run.id === path);
    if (hasRun) break;
    try {
      return await sideOfFolder(resolve(path), step);
    } catch (error) {
      // The directory of a watched checkpoint holds weights and no results.
      if (store !== null && known !== undefined) return sideOfCheckpoint(store, known);
      throw error;
    }
  }
  if (store !== null) return sideOfCheckpoint(store, findComparable(store, text));
  throw new LibraError('LIBRA_NOT_FOUND', `There is no ${text}, and no database to look for it in.`, {
    hint: 'Name a folder with results of lm-evaluation-harness, or the data directory with --data.',
  });
}

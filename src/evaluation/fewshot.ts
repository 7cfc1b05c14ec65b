/**
 * Which examples stand before each doc. As in lm-evaluation-harness one random stream runs through the docs in the order of
 * the file, so the examples of every doc are drawn here, once, when the task is loaded.
 */
import { LibraError } from '../domain/errors.ts';
import { canonicalJson } from '../system/json.ts';
import type { Row } from './dataset.ts';
import { createPythonRandom } from './python/mersenne-twister.ts';
import type { TaskSettings } from './task-settings.ts';

/** The harness's default `--seed` for few-shot examples. */
export const FEWSHOT_SEED = 1234;

/** The split the examples come from: the task's own choice, else training, validation, test. */
export function fewshotSplitOf(settings: TaskSettings): string | null {
  return settings.fewshot.split ?? settings.trainingSplit ?? settings.validationSplit ?? settings.testSplit;
}

/**
 * @param docs of the evaluated split, in the order of the file
 * @returns for each doc the places of its examples in the pool, in the order they are shown
 * @throws LibraError LIBRA_TASK_INVALID when the pool is too small
 */
export function chooseShots(settings: TaskSettings, docs: readonly Row[], pool: readonly Row[]): number[][] {
  const n = settings.numFewshot;
  if (n === 0) return docs.map(() => []);
  // The doc itself may only be among the examples when they come from the evaluated split.
  const mayMeetItself = settings.fewshot.split === settings.testSplit;
  const needed = mayMeetItself ? n + 1 : n;
  if (pool.length < (settings.fewshot.sampler === 'first_n' ? n : needed)) {
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `The task '${settings.name}' wants ${n} few-shot examples, but its few-shot split has only ${pool.length} docs.`,
      { hint: 'Lower num_fewshot, or name a larger `fewshot_split`.' },
    );
  }
  const keys = mayMeetItself ? { docs: docs.map(canonicalJson), pool: pool.map(canonicalJson) } : null;
  const isOther = (doc: number) => (shot: number) => keys === null || keys.pool[shot] !== keys.docs[doc];
  if (settings.fewshot.sampler === 'first_n') {
    const all = pool.map((_, i) => i);
    return docs.map((_, doc) => (keys === null ? all.slice(0, n) : all.filter(isOther(doc)).slice(0, n)));
  }
  const random = createPythonRandom(FEWSHOT_SEED);
  return docs.map((_, doc) => {
    if (keys === null) return random.sampleIndices(pool.length, n);
    const drawn = random
      .sampleIndices(pool.length, n + 1)
      .filter(isOther(doc))
      .slice(0, n);
    if (drawn.length === n) return drawn;
    // Copies of the doc in the pool took too many places: draw again among the others.
    const others = pool.map((_, i) => i).filter(isOther(doc));
    return random.sampleIndices(others.length, n).map((i) => others[i]!);
  });
}

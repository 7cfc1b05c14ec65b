/**
 * Which examples stand before each doc. As in lm-evaluation-harness one random stream runs through the docs in the order of
 * the file, so the examples of every doc are drawn here, once, when the task is loaded.
 */
import { LibraError } from '../../domain/errors.ts';
import { createPythonRandom } from '../python/mersenne-twister.ts';
import type { TaskSettings } from '../tasks/task-settings.ts';

/** The harness's default `--seed` for few-shot examples. */
export const FEWSHOT_SEED = 1234;

/** The split the examples come from: the task's own choice, else training, validation, test. */
export function fewshotSplitOf(settings: TaskSettings): string | null {
  return settings.fewshot.split ?? settings.trainingSplit ?? settings.validationSplit ?? settings.testSplit;
}

/** Rows in their order, told apart by their content alone. */
export interface ShotSource {
  readonly rows: number;
  /** Equal for places whose rows have equal content. */
  readonly contentAt: (place: number) => number;
}

/**
 * @param docs the evaluated split
 * @param wanted places of the docs whose examples are needed; the random stream runs through all docs before them
 * @returns for each wanted place the places of its examples in the pool, in the order they are shown
 * @throws LibraError LIBRA_TASK_INVALID when the pool is too small
 */
export function chooseShots(
  settings: TaskSettings,
  docs: ShotSource,
  pool: ShotSource,
  wanted: ReadonlySet<number>,
): ReadonlyMap<number, readonly number[]> {
  const n = settings.numFewshot;
  if (n === 0) return new Map();
  // The doc itself may only be among the examples when they come from the evaluated split.
  const mayMeetItself = settings.fewshot.split === settings.testSplit;
  const isFirst = settings.fewshot.sampler === 'first_n';
  const needed = mayMeetItself && !isFirst ? n + 1 : n;
  if (pool.rows < needed) {
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `The task '${settings.name}' wants ${n} few-shot examples, but its few-shot split has only ${pool.rows} docs.`,
      { hint: 'Lower num_fewshot, or name a larger `fewshot_split`.' },
    );
  }
  const draw = isFirst ? firstOf(pool, n, mayMeetItself) : drawFrom(pool, n, mayMeetItself);
  const shots = new Map<number, readonly number[]>();
  for (let place = 0; place < docs.rows && shots.size < wanted.size; place++) {
    const drawn = draw(mayMeetItself ? docs.contentAt(place) : 0);
    if (wanted.has(place)) shots.set(place, drawn);
  }
  return shots;
}

/** The examples of the next doc, given its content. */
type Draw = (doc: number) => readonly number[];

function firstOf(pool: ShotSource, n: number, mayMeetItself: boolean): Draw {
  const first = Array.from({ length: n }, (_, i) => i);
  if (!mayMeetItself) return () => first;
  return (doc) => {
    const shots: number[] = [];
    for (let place = 0; place < pool.rows && shots.length < n; place++) {
      if (pool.contentAt(place) !== doc) shots.push(place);
    }
    return shots;
  };
}

function drawFrom(pool: ShotSource, n: number, mayMeetItself: boolean): Draw {
  const random = createPythonRandom(FEWSHOT_SEED);
  if (!mayMeetItself) return () => random.sampleIndices(pool.rows, n);
  let others: { readonly than: number; readonly places: readonly number[] } | null = null;
  return (doc) => {
    const drawn = random
      .sampleIndices(pool.rows, n + 1)
      .filter((place) => pool.contentAt(place) !== doc)
      .slice(0, n);
    if (drawn.length === n) return drawn;
    // Copies of the doc in the pool took too many places: draw again among the others.
    if (others?.than !== doc) {
      const places = Array.from({ length: pool.rows }, (_, place) => place);
      others = { than: doc, places: places.filter((place) => pool.contentAt(place) !== doc) };
    }
    const { places } = others;
    return random.sampleIndices(places.length, n).map((i) => places[i]!);
  };
}

/**
 * Item response theory over docs: how hard each is and how sharply it tells able checkpoints from others, learned from which checkpoint
 * answered what. After tinyBenchmarks (Polo et al. 2024, arXiv:2402.14992) and Fluid Benchmarking (Hofmann et al. 2025). Pure.
 */

/** Two-parameter logistic model (Birnbaum 1968): a checkpoint of ability t answers it rightly with probability 1 / (1 + exp(-slope (t - difficulty))). */
export interface Item {
  readonly slope: number;
  readonly difficulty: number;
}

export interface Ability {
  /** In standard deviations of the checkpoints it was fitted on. */
  readonly value: number;
  readonly stderr: number;
}

/** By doc; null for one that too few checkpoints answered. */
export type ItemBank = readonly (Item | null)[];

/** Slopes are pulled to 1 (the one-parameter model of Rasch 1960), difficulties to 0: some ten checkpoints know little of a doc. */
const SLOPE_SD = 0.5;
const DIFFICULTY_SD = 1.5;
const LEAST_SLOPE = 0.1;
const ROUNDS = 40;
const SETTLED = 1e-4;
/** Answers that a doc must have. */
const FEWEST_ANSWERS = 4;

/**
 * Joint maximum a posteriori: abilities given docs and docs given abilities, in turn, each a penalised logistic regression (Birnbaum's
 * paired estimation with the priors of Mislevy 1986, Psychometrika 51; abilities standard normal). There are far more docs than
 * checkpoints, so abilities are sharp and the inconsistency that joint estimates have with few docs does not matter.
 * @param answers a row for each checkpoint: by doc 1 right, 0 wrong, NaN not asked; rows may differ in length
 * @returns null when fewer than four checkpoints answered anything
 */
export function fitItems(answers: readonly Float32Array[]): ItemBank | null {
  if (answers.length < FEWEST_ANSWERS) return null;
  const docs = Math.max(...answers.map((row) => row.length));
  const columns = Array.from({ length: docs }, (_, doc) => answersOf(answers, doc));
  let abilities = answers.map(startOf);
  let items: ItemBank = [];
  for (let round = 0; round < ROUNDS; round++) {
    items = columns.map((column) => (column.length < FEWEST_ANSWERS ? null : fitItem(column, abilities)));
    const next = answers.map((row) => abilityOf(items, row).value);
    const moved = Math.max(...next.map((value, at) => Math.abs(value - abilities[at]!)));
    abilities = next;
    if (moved < SETTLED) break;
  }
  return items;
}

interface Answered {
  readonly by: number;
  readonly isRight: number;
}

function answersOf(answers: readonly Float32Array[], doc: number): Answered[] {
  return answers.flatMap((row, by) => {
    const isRight = row[doc] ?? Number.NaN;
    return Number.isNaN(isRight) ? [] : [{ by, isRight }];
  });
}

/** Log-odds of its mean score. */
function startOf(row: Float32Array): number {
  const known = row.filter((value) => !Number.isNaN(value));
  const right = known.reduce((sum, value) => sum + value, 0);
  return Math.log((right + 1) / (known.length - right + 1));
}

const NEWTON_STEPS = 12;

/** Fisher scoring on slope and difficulty with Gaussian priors; steps are held short, for far out the curve is flat. */
function fitItem(column: readonly Answered[], abilities: readonly number[]): Item {
  let slope = 1;
  let difficulty = 0;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let bySlope = (1 - slope) / SLOPE_SD ** 2;
    let byDifficulty = -difficulty / DIFFICULTY_SD ** 2;
    let [ss, sd, dd] = [1 / SLOPE_SD ** 2, 0, 1 / DIFFICULTY_SD ** 2];
    for (const { by, isRight } of column) {
      const distance = abilities[by]! - difficulty;
      const p = logistic(slope * distance);
      bySlope += (isRight - p) * distance;
      byDifficulty -= (isRight - p) * slope;
      const weight = p * (1 - p);
      ss += weight * distance * distance;
      sd -= weight * distance * slope;
      dd += weight * slope * slope;
    }
    const determinant = ss * dd - sd * sd;
    const toSlope = short((dd * bySlope - sd * byDifficulty) / determinant);
    const toDifficulty = short((ss * byDifficulty - sd * bySlope) / determinant);
    slope = Math.max(LEAST_SLOPE, slope + toSlope);
    difficulty += toDifficulty;
    if (Math.abs(toSlope) + Math.abs(toDifficulty) < SETTLED) break;
  }
  return { slope, difficulty };
}

const short = (step: number): number => Math.max(-1, Math.min(1, step));

/** Of one checkpoint, from the docs it answered: the mode of its posterior under a standard normal prior, and the curvature there. */
export function abilityOf(items: ItemBank, answers: Float32Array): Ability {
  let value = 0;
  let information = 1;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let gradient = -value;
    information = 1;
    for (const [doc, item] of items.entries()) {
      const isRight = answers[doc] ?? Number.NaN;
      if (item === null || Number.isNaN(isRight)) continue;
      const p = logistic(item.slope * (value - item.difficulty));
      gradient += item.slope * (isRight - p);
      information += informationOfItem(item, value);
    }
    const change = short(gradient / information);
    value += change;
    if (Math.abs(change) < SETTLED) break;
  }
  return { value, stderr: 1 / Math.sqrt(information) };
}

/** Fisher information that the doc's answer holds of an ability: slope^2 p (1 - p), greatest where the doc is as hard as the checkpoint is able. */
export function informationOfItem({ slope, difficulty }: Item, ability: number): number {
  const p = logistic(slope * (ability - difficulty));
  return slope * slope * p * (1 - p);
}

/**
 * The `count` docs from `from` on whose answers tell most of a checkpoint of this ability, ascending; fewer when fewer are known.
 * They are only ever added to docs [0, from): those are the same for every checkpoint, so pairing survives.
 */
export function chooseDocs(items: ItemBank, ability: number, from: number, count: number): number[] {
  return items
    .flatMap((item, doc) => (item === null || doc < from ? [] : [{ doc, worth: informationOfItem(item, ability) }]))
    .sort((a, b) => b.worth - a.worth || a.doc - b.doc)
    .slice(0, count)
    .map(({ doc }) => doc)
    .sort((a, b) => a - b);
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

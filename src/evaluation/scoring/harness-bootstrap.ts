/**
 * Standard errors by resampling, draw for draw as lm-evaluation-harness does it: rounds of at most 1000 draws, each with a Python
 * generator seeded by its number. So equal docs give equal errors, here and there.
 */
import { createPythonRandom } from '../python/mersenne-twister.ts';

const ROUND = 1000;

/**
 * @param docs how many there are, and are drawn each time
 * @param score of the docs at the places drawn
 * @param iterations what is beyond whole rounds is left out, as there
 * @returns sample standard deviation of the scores; NaN for fewer than two docs
 */
export function bootstrapStderr(docs: number, score: (places: Uint32Array) => number, iterations: number): number {
  if (docs < 2) return Number.NaN;
  const round = Math.min(ROUND, iterations);
  const rounds = Math.floor(iterations / round);
  const scores = new Float64Array(rounds * round);
  const places = new Uint32Array(docs);
  for (let seed = 0; seed < rounds; seed++) {
    const random = createPythonRandom(seed);
    for (let i = 0; i < round; i++) {
      random.fillChoices(places, docs);
      scores[seed * round + i] = score(places);
    }
  }
  const mean = scores.reduce((sum, one) => sum + one, 0) / scores.length;
  return Math.sqrt(scores.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (scores.length - 1));
}

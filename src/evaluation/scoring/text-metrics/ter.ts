/**
 * Translation edit rate (Snover et al. 2006): words added, dropped, replaced, and runs of words moved, over the words of the
 * reference. The greedy search for moves follows Tercom as sacrebleu does, with its limits, because other moves give other rates.
 */
import { split, stripEnd } from '../../python/python-text.ts';
import type { CorpusScore } from './corpus-statistics.ts';
import { type Edit, editDistance } from './edit-distance.ts';

/** A run of more words, or one further away, is not moved. */
const LONGEST_RUN = 10;
const FURTHEST_MOVE = 50;
/** Moves tried for one answer. */
const MOST_TRIALS = 1000;

export const CORPUS_TER: CorpusScore = {
  counts: ['edits', 'ref'],
  scoreOf: (sums) => (sums[1]! > 0 ? (100 * sums[0]!) / sums[1]! : sums[0]! > 0 ? 100 : 0),
};

/** Fewest edits to any of the references, and their mean length in words. Case does not count. */
export function countForTer(answer: string, references: readonly string[]): number[] {
  const words = wordsOf(answer);
  const all = references.map(wordsOf);
  return [
    Math.min(...all.map((reference) => editsBetween(words, reference))),
    all.reduce((sum, reference) => sum + reference.length, 0) / all.length,
  ];
}

const wordsOf = (text: string): string[] => split(stripEnd(text).toLowerCase());

function editsBetween(answer: readonly string[], reference: readonly string[]): number {
  if (reference.length === 0) return answer.length;
  let words = answer;
  let moves = 0;
  let trials = 0;
  for (;;) {
    const best = bestMove(words, reference, trials);
    trials = best.trials;
    if (trials >= MOST_TRIALS || best.gain <= 0) break;
    words = best.words;
    moves++;
  }
  return moves + editDistance(words, reference).distance;
}

interface Move {
  /** Edits saved. */
  readonly gain: number;
  readonly length: number;
  readonly start: number;
  readonly target: number;
  readonly words: readonly string[];
}

function bestMove(words: readonly string[], reference: readonly string[], trialsBefore: number) {
  const { distance, trace } = editDistance(words, reference);
  const { places, isAnswerWrong, isReferenceWrong } = align(trace);
  let best: Move | undefined;
  let trials = trialsBefore;
  for (const { start, from, length } of commonRuns(words, reference)) {
    // Only a run that stands wrong, to a place that is wrong, and not into itself.
    if (!anyIn(isAnswerWrong, start, length) || !anyIn(isReferenceWrong, from, length)) continue;
    const aligned = places[from]!;
    if (aligned >= start && aligned < start + length) continue;
    let tried = -1;
    for (let offset = -1; offset < length; offset++) {
      const before = from + offset;
      if (before >= places.length) break;
      const target = before === -1 ? 0 : places[before]! + 1;
      if (target === tried) continue;
      tried = target;
      const moved = move(words, start, length, target);
      const gain = distance - editDistance(moved, reference).distance;
      trials++;
      const candidate: Move = { gain, length, start, target, words: moved };
      if (best === undefined || isBetter(candidate, best)) best = candidate;
    }
    if (trials >= MOST_TRIALS) break;
  }
  return { gain: best?.gain ?? 0, words: best?.words ?? words, trials };
}

/** The most edits saved, then the longest run, the earliest run, the earliest target. */
function isBetter(one: Move, other: Move): boolean {
  const difference =
    one.gain - other.gain || one.length - other.length || other.start - one.start || other.target - one.target;
  return difference > 0;
}

/** Every run of words that both have, at least one word long; each length is a run of its own. */
function* commonRuns(words: readonly string[], reference: readonly string[]) {
  for (let start = 0; start < words.length; start++) {
    const end = Math.min(reference.length - 1, start + FURTHEST_MOVE);
    for (let from = Math.max(0, start - FURTHEST_MOVE); from <= end; from++) {
      const longest = Math.min(LONGEST_RUN, words.length - start, reference.length - from);
      for (let length = 1; length <= longest && words[start + length - 1] === reference[from + length - 1]; length++) {
        yield { start, from, length };
      }
    }
  }
}

/** For each word of the reference the place in the answer it stands at (or behind), and which words of both are no match. */
function align(trace: readonly Edit[]) {
  const places: number[] = [];
  const isAnswerWrong: boolean[] = [];
  const isReferenceWrong: boolean[] = [];
  for (const edit of trace) {
    if (edit !== 'add') isAnswerWrong.push(edit !== 'keep');
    if (edit === 'drop') continue;
    places.push(isAnswerWrong.length - 1);
    isReferenceWrong.push(edit !== 'keep');
  }
  return { places, isAnswerWrong, isReferenceWrong };
}

function anyIn(flags: readonly boolean[], start: number, length: number): boolean {
  for (let i = start; i < start + length; i++) if (flags[i]) return true;
  return false;
}

/** The run of words cut out and put in before the word that stood at `target`; a target in the run counts from behind it. */
function move(words: readonly string[], start: number, length: number, target: number): string[] {
  const run = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  const at = target < start ? target : target > start + length ? target - length : target;
  return [...rest.slice(0, at), ...run, ...rest.slice(at)];
}

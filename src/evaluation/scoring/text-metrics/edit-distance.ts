/** The edits that turn one list of words into another, searched near the diagonal as Tercom does for TER. */

/** What happens to a word on the way from the answer to the reference. */
export type Edit = 'keep' | 'replace' | 'drop' | 'add';

export interface Edits {
  readonly distance: number;
  /** From the beginning to the end. */
  readonly trace: readonly Edit[];
}

/** Cells to each side of the diagonal that are looked at. */
const BEAM = 25;
const STEPS: readonly Edit[] = ['keep', 'replace', 'drop', 'add'];

/**
 * Fewest words dropped, added and replaced, each counted as 1. Of equal ways a kept or replaced word is preferred, then a dropped
 * one. Cells further than the beam from the diagonal (steeper for lists of different length) are left out, so a very long detour
 * is not found.
 */
export function editDistance(answer: readonly string[], reference: readonly string[]): Edits {
  const width = reference.length + 1;
  const costs = new Int32Array((answer.length + 1) * width).fill(2 ** 30);
  const steps = new Uint8Array((answer.length + 1) * width);
  for (let j = 0; j < width; j++) {
    costs[j] = j;
    steps[j] = 3;
  }
  const slope = answer.length === 0 ? 1 : reference.length / answer.length;
  const beam = slope / 2 > BEAM ? Math.ceil(slope / 2 + BEAM) : BEAM;
  for (let i = 1; i <= answer.length; i++) {
    const diagonal = Math.floor(i * slope);
    const end = i === answer.length ? width : Math.min(width, diagonal + beam);
    for (let j = Math.max(0, diagonal - beam); j < end; j++) {
      const at = i * width + j;
      const above = at - width;
      if (j === 0) {
        costs[at] = costs[above]! + 1;
        steps[at] = 2;
        continue;
      }
      const isSame = answer[i - 1] === reference[j - 1];
      let cost = costs[above - 1]! + (isSame ? 0 : 1);
      let step = isSame ? 0 : 1;
      if (costs[above]! + 1 < cost) {
        cost = costs[above]! + 1;
        step = 2;
      }
      if (costs[at - 1]! + 1 < cost) {
        cost = costs[at - 1]! + 1;
        step = 3;
      }
      costs[at] = cost;
      steps[at] = step;
    }
  }
  return { distance: costs[costs.length - 1]!, trace: traceBack(steps, answer.length, reference.length) };
}

function traceBack(steps: Uint8Array, rows: number, columns: number): Edit[] {
  const trace: Edit[] = [];
  for (let i = rows, j = columns; i > 0 || j > 0; ) {
    const step = STEPS[steps[i * (columns + 1) + j]!]!;
    trace.push(step);
    if (step !== 'add') i--;
    if (step !== 'drop') j--;
  }
  return trace.reverse();
}

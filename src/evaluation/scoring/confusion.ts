/** Scores that come from the table of right against predicted classes. */
import type { AnsweredDoc, DocValue } from './metric.ts';

interface Cell {
  readonly gold: number;
  readonly predicted: number;
  readonly count: number;
}

function cellsOf(docs: readonly DocValue[]): Cell[] {
  const cells = new Map<string, Cell>();
  for (const { parts } of docs) {
    const gold = parts?.gold ?? -1;
    const predicted = parts?.predicted ?? -1;
    const key = `${gold},${predicted}`;
    cells.set(key, { gold, predicted, count: (cells.get(key)?.count ?? 0) + 1 });
  }
  return [...cells.values()];
}

/**
 * Matthews correlation for any number of classes (Gorodkin 2004, "Comparing two K-category assignments by a K-category
 * correlation coefficient", the R_K statistic); 0 when all docs are of one class or all predictions are.
 */
export function matthewsCorrelation(docs: readonly DocValue[]): number {
  return correlationOf(cellsOf(docs));
}

/** Jackknife: sqrt((n - 1) / n x sum (leave-one-out - their mean)^2). Docs of one cell leave the same value, so each cell is computed once. */
export function matthewsStderr(docs: readonly DocValue[]): number {
  const n = docs.length;
  if (n < 3) return Number.NaN;
  const cells = cellsOf(docs);
  const without = cells.map((left) =>
    correlationOf(cells.map((cell) => (cell === left ? { ...cell, count: cell.count - 1 } : cell))),
  );
  const mean = cells.reduce((sum, cell, i) => sum + cell.count * without[i]!, 0) / n;
  const squares = cells.reduce((sum, cell, i) => sum + cell.count * (without[i]! - mean) ** 2, 0);
  return Math.sqrt(((n - 1) / n) * squares);
}

/** The correlation of docs drawn with repetition, given by their places. */
export function resampledMatthews(docs: readonly DocValue[]): (places: Uint32Array) => number {
  const cells = cellsOf(docs);
  const cellAt = Uint32Array.from(docs, ({ parts }) =>
    cells.findIndex(({ gold, predicted }) => gold === (parts?.gold ?? -1) && predicted === (parts?.predicted ?? -1)),
  );
  return (places) => {
    const counts = new Uint32Array(cells.length);
    for (const place of places) counts[cellAt[place]!]!++;
    return correlationOf(cells.map((cell, i) => ({ ...cell, count: counts[i]! })));
  };
}

/** How the harness logs a doc of a score over classes: the right one and the predicted one. */
export function logClasses(_doc: AnsweredDoc, { value, parts }: DocValue): unknown {
  return parts === undefined ? value : [parts.gold, parts.predicted];
}

function correlationOf(cells: readonly Cell[]): number {
  const gold = new Map<number, number>();
  const predicted = new Map<number, number>();
  let total = 0;
  let right = 0;
  for (const cell of cells) {
    gold.set(cell.gold, (gold.get(cell.gold) ?? 0) + cell.count);
    predicted.set(cell.predicted, (predicted.get(cell.predicted) ?? 0) + cell.count);
    total += cell.count;
    if (cell.gold === cell.predicted) right += cell.count;
  }
  const sumOfSquares = (counts: ReadonlyMap<number, number>) => [...counts.values()].reduce((sum, n) => sum + n * n, 0);
  const agreement = [...gold].reduce((sum, [one, n]) => sum + n * (predicted.get(one) ?? 0), 0);
  const spread = Math.sqrt((total ** 2 - sumOfSquares(predicted)) * (total ** 2 - sumOfSquares(gold)));
  return spread === 0 ? 0 : (right * total - agreement) / spread;
}

/** Work of many calls through a few hands, in order, in pieces that grow and shrink with the answers. */
import { expect, test } from 'vitest';
import { endOfBatch } from '../../src/inference/batches.ts';
import { createHands } from '../../src/inference/hands.ts';
import { keepPace } from '../../src/inference/pace.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
const pairs = (list: readonly unknown[]) => (start: number) => Math.min(start + 2, list.length);

/** Pieces under way, to be answered one by one. */
function desk() {
  const open: { piece: readonly number[]; signal: AbortSignal; answer: () => void; fail: (error: Error) => void }[] =
    [];
  const seen: (readonly number[])[] = [];
  return {
    open,
    seen,
    work: (piece: readonly number[], signal: AbortSignal) =>
      new Promise<number[]>((resolve, reject) => {
        seen.push(piece);
        const answer = () => resolve(piece.map((value) => value * 10));
        open.push({ piece, signal, answer, fail: reject });
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      }),
  };
}

test('all calls together have no more under way than there are hands, earlier calls first, answers in order', async () => {
  const hands = createHands(3);
  const { open, seen, work } = desk();
  const lists = [
    [1, 2, 3, 4, 5],
    [6, 7, 8],
  ];
  const answers = lists.map((list) => hands.workThrough(list, pairs(list), work));
  await turn();
  expect(seen).toEqual([[1, 2], [3, 4], [5]]);
  open[2]!.answer();
  await turn();
  expect(seen.slice(3)).toEqual([[6, 7]]);
  for (let at = 0; at < 5; at++) {
    open[at]?.answer();
    await turn();
  }
  expect(await Promise.all(answers)).toEqual([
    [10, 20, 30, 40, 50],
    [60, 70, 80],
  ]);
});

test('a failure calls off its own call and no other, and its hands are free again', async () => {
  const hands = createHands(2);
  const { open, seen, work } = desk();
  const failing = hands.workThrough([1, 2, 3, 4, 5, 6], pairs([1, 2, 3, 4, 5, 6]), work);
  const other = hands.workThrough([7, 8, 9], pairs([7, 8, 9]), work);
  await turn();
  open[0]!.fail(new Error('refused'));
  await expect(failing).rejects.toThrow('refused');
  await turn();
  expect(open[1]!.signal.aborted).toBe(true);
  expect(seen).toEqual([[1, 2], [3, 4], [7, 8], [9]]);
  open[2]!.answer();
  open[3]!.answer();
  expect(await other).toEqual([70, 80, 90]);
});

test('an abort ends the call and leaves the hands free', async () => {
  const hands = createHands(1);
  const { open, work } = desk();
  const stopping = new AbortController();
  const first = hands.workThrough([1, 2, 3], pairs([1, 2, 3]), work, stopping.signal);
  const second = hands.workThrough([4], pairs([4]), work);
  await turn();
  stopping.abort(new Error('enough'));
  await expect(first).rejects.toThrow('enough');
  await turn();
  expect(open.at(-1)!.piece).toEqual([4]);
  open.at(-1)!.answer();
  expect(await second).toEqual([40]);
});

test('a batch ends where it is full or its kind ends, and one that is too large goes alone', () => {
  const sizeOf = (text: string) => ({ items: 1, characters: text.length });
  const ends = (list: string[], limits: { items: number; characters: number }, keyOf?: (text: string) => string) => {
    const found = [];
    for (let at = 0; at < list.length; found.push(at))
      at = endOfBatch(list, at, limits, { sizeOf, ...(keyOf && { keyOf }) });
    return found;
  };
  expect(ends(['a', 'b', 'c', 'd', 'e'], { items: 2, characters: 99 })).toEqual([2, 4, 5]);
  expect(ends(['aa', 'bbbbbbbb', 'c', 'd'], { items: 9, characters: 4 })).toEqual([1, 2, 4]);
  expect(ends(['a1', 'a2', 'b1', 'a3'], { items: 9, characters: 99 }, (text) => text[0]!)).toEqual([2, 3, 4]);
});

test('quick answers let requests grow to what the wire takes, slow ones halve them, never to nothing', () => {
  const pace = keepPace({
    first: { items: 64, characters: 100_000 },
    most: { items: 512, characters: 400_000 },
    quickMs: 3000,
    slowMs: 30_000,
  });
  const items = () => [pace.limits.items, pace.limits.characters];
  expect(items()).toEqual([64, 100_000]);
  pace.answered(10);
  expect(items()).toEqual([128, 200_000]);
  for (let i = 0; i < 50; i++) pace.answered(10);
  expect(items()).toEqual([512, 400_000]);
  pace.answered(10_000);
  expect(items()).toEqual([512, 400_000]);
  pace.answered(31_000);
  expect(items()[0]).toBe(256);
  for (let i = 0; i < 50; i++) pace.answered(31_000);
  expect(items()).toEqual([4, 6250]);
});

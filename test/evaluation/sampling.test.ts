import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Row } from '../../src/evaluation/data/dataset.ts';
import { createDocKeeper } from '../../src/evaluation/data/keep-docs.ts';

function keptOf(rows: readonly Row[]) {
  const keeper = createDocKeeper();
  for (const row of rows) keeper.add(row);
  return keeper.finish()!;
}

/** Ids in the order of the file. */
const idsOf = (rows: readonly Row[]) =>
  [...keptOf(rows).docs].sort((a, b) => a.position - b.position).map(({ id }) => id);
/** Ids in the fixed order. */
const orderOf = (ids: readonly string[]) => keptOf(ids.map((id) => ({ id }))).docs.map(({ id }) => id);

test('ids are the docs’ own where each has one, else their content', () => {
  expect(idsOf([{ id: 7 }, { id: 'b' }])).toEqual(['7', 'b']);
  const twice = idsOf([
    { id: 1, q: 'a' },
    { id: 1, q: 'b' },
    { id: 1, q: 'a' },
  ]);
  expect(new Set(twice).size).toBe(3);
  expect(twice[2]).toBe(`${twice[0]}-2`);
  expect(idsOf([{ q: 'b', id: 1 }, { q: 'z' }])[0]).toBe(idsOf([{ id: 1, q: 'b' }, { q: 'y' }])[0]);
});

test('the order holds every doc once and does not depend on how the file was sorted', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 60 }), fc.nat(), (ids, turn) => {
      const turned = [...ids.slice(turn % ids.length), ...ids.slice(0, turn % ids.length)];
      expect([...orderOf(ids)].sort()).toEqual([...ids].sort());
      expect(orderOf(turned)).toEqual(orderOf(ids));
    }),
  );
});

test('adding docs keeps the order of the others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 40 }), fc.nat(40), (ids, cut) => {
      const fewer = ids.slice(0, Math.max(1, cut % ids.length));
      const kept = new Set(fewer);
      expect(orderOf(fewer)).toEqual(orderOf(ids).filter((id) => kept.has(id)));
    }),
  );
});

test('the order is random: the first half of many docs is near half of each kind', () => {
  const ids = Array.from({ length: 2000 }, (_, i) => `doc-${i}`);
  const early = keptOf(ids.map((id) => ({ id })))
    .docs.slice(0, 1000)
    .filter(({ position }) => position < 1000).length;
  expect(early).toBeGreaterThan(430);
  expect(early).toBeLessThan(570);
});

test('ids and order stay what they were in earlier versions', () => {
  expect(
    keptOf([
      { q: 'b', n: 1 },
      { q: 'a', n: 2, m: { z: [1, '二'], a: true } },
    ]).docs.map(({ id }) => id),
  ).toEqual(PINNED);
});

/** As version 0.1 gave them: a change here breaks the series of every user. */
const PINNED: readonly string[] = ['59b07f24631c241f', 'de23da0d472959cc'];

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { docIdsOf, fixedOrder } from '../../src/evaluation/sampling.ts';

test('ids are the docs’ own where each has one, else their content', () => {
  expect(docIdsOf([{ id: 7 }, { id: 'b' }])).toEqual(['7', 'b']);
  const twice = docIdsOf([
    { id: 1, q: 'a' },
    { id: 1, q: 'b' },
    { id: 1, q: 'a' },
  ]);
  expect(new Set(twice).size).toBe(3);
  expect(twice[2]).toBe(`${twice[0]}-2`);
  expect(docIdsOf([{ q: 'b', id: 1 }, { q: 'z' }])[0]).toBe(docIdsOf([{ id: 1, q: 'b' }, { q: 'y' }])[0]);
});

test('the order holds every doc once and does not depend on how the file was sorted', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 60 }), fc.nat(), (ids, turn) => {
      const order = fixedOrder(ids).map((place) => ids[place]!);
      const turned = [...ids.slice(turn % ids.length), ...ids.slice(0, turn % ids.length)];
      expect([...order].sort()).toEqual([...ids].sort());
      expect(fixedOrder(turned).map((place) => turned[place])).toEqual(order);
    }),
  );
});

test('adding docs keeps the order of the others', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 40 }), fc.nat(40), (ids, cut) => {
      const fewer = ids.slice(0, Math.max(1, cut % ids.length));
      const kept = new Set(fewer);
      const all = fixedOrder(ids).map((place) => ids[place]!);
      expect(fixedOrder(fewer).map((place) => fewer[place])).toEqual(all.filter((id) => kept.has(id)));
    }),
  );
});

test('the order is random: the first half of many docs is near half of each kind', () => {
  const ids = Array.from({ length: 2000 }, (_, i) => `doc-${i}`);
  const early = fixedOrder(ids)
    .slice(0, 1000)
    .filter((place) => place < 1000).length;
  expect(early).toBeGreaterThan(430);
  expect(early).toBeLessThan(570);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { thinPoints } from '../../src/daemon/thin-points.ts';

interface Point {
  readonly at: number;
  readonly value: number | null;
  readonly isAlert: boolean;
}

const points = fc
  .array(
    fc.record({
      value: fc.oneof(
        { weight: 9, arbitrary: fc.double({ noNaN: true, min: -5, max: 5 }) },
        { weight: 1, arbitrary: fc.constantFrom(null, Number.NaN) },
      ),
      isAlert: fc.integer({ min: 0, max: 40 }).map((roll) => roll === 0),
    }),
    { minLength: 1, maxLength: 600 },
  )
  .map((list) => list.map((point, at): Point => ({ ...point, at })));

const thin = (list: readonly Point[], max: number) =>
  thinPoints(list, { max, curves: [(point) => point.value], mustKeep: (point) => point.isAlert });

it('keeps both ends, the extremes and every alert, in order, within the limit', () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 8, max: 200 }), (list, max) => {
      const kept = thin(list, max);
      expect(kept.map((point) => point.at)).toEqual([...new Set(kept.map((point) => point.at))].sort((a, b) => a - b));
      expect(kept[0]).toBe(list[0]);
      expect(kept.at(-1)).toBe(list.at(-1));
      const known = (some: readonly Point[]) =>
        some.map((point) => point.value).filter((value) => value !== null && !Number.isNaN(value)) as number[];
      if (known(list).length > 0) {
        expect(Math.min(...known(kept))).toBe(Math.min(...known(list)));
        expect(Math.max(...known(kept))).toBe(Math.max(...known(list)));
      }
      const alerts = list.filter((point) => point.isAlert);
      for (const alert of alerts) expect(kept).toContain(alert);
      expect(kept.length).toBeLessThanOrEqual(Math.max(max, alerts.length + 4));
    }),
  );
});

it('leaves a short series alone', () => {
  fc.assert(fc.property(points, (list) => void expect(thin(list, list.length + 8)).toEqual(list)));
});

it('uses the room it has, and shows that a gap is there', () => {
  const list = Array.from(
    { length: 5000 },
    (_, at): Point => ({ at, value: at === 2500 ? null : Math.sin(at / 7), isAlert: false }),
  );
  const kept = thin(list, 400);
  expect(kept.length).toBeGreaterThan(300);
  expect(kept.some((point) => point.value === null)).toBe(true);
  const widest = Math.max(...kept.slice(1).map((point, i) => point.at - kept[i]!.at));
  expect(widest).toBeLessThan(60);
});

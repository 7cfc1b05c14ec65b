/** The recorded trainings: what is said of them follows from what was recorded, and the picture is drawn from it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../e2e/watched-replay.ts';
import { drawCurves } from './draw-curves.ts';
import { failuresOf } from './expectations.ts';
import { PICTURE, readResults } from './results.ts';
import { summarise } from './summarise.ts';

const results = readResults();
const { runs, difference } = results;

describe('the recorded trainings', () => {
  it('have three seeds, each with the advice followed and left alone', () => {
    expect(runs.map(({ seed, follows }) => `${seed} ${follows}`)).toEqual(
      [1, 2, 3].flatMap((seed) => [`${seed} true`, `${seed} false`]),
    );
    for (const name of ['torch', 'transformers', 'accelerate', 'python', 'node'])
      expect(results.versions[name]).toMatch(/^\d+\.\d+/);
    expect(results.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('answered every doc of the Chinese tasks at the end, and the curve ends with them', () => {
    const chinese = readdirSync(`${ROOT}/fixtures/tasks`)
      .map((name) => name.replace(/\.yaml$/, ''))
      .filter((name) => /^(?!translate|stories).*_zh$/.test(name));
    for (const { atEnd, curve } of runs) {
      expect(Object.keys(atEnd).sort()).toEqual(chinese.sort());
      const outcomes = Object.values(atEnd).join('');
      expect(outcomes).toMatch(/^[01]{2400}$/);
      expect(curve.at(-1)!.accuracy).toBeCloseTo([...outcomes].filter((one) => one === '1').length / 2400, 4);
    }
  });

  it('show what the live test asks for', () => {
    expect(failuresOf(runs, difference.overDocs)).toEqual([]);
  });

  it('were alike until the advice was followed', () => {
    for (const run of runs.filter(({ follows }) => follows)) {
      const other = runs.find(({ seed, follows }) => seed === run.seed && !follows)!;
      const early = (of: typeof run) => of.curve.filter(({ step }) => step <= run.change!.step);
      expect(early(run)).toEqual(early(other));
      expect(run.change!.step).toBeGreaterThan(run.alert!.step);
      expect(run.change!.note).toContain(`zh ${results.mistake.from}`);
      expect(other.alert!.step).toBe(run.alert!.step);
    }
  });

  it('give the differences and intervals that are said', () => {
    expect(summarise(runs)).toEqual(difference);
  });

  it('are the picture', () => {
    const picture = readFileSync(PICTURE, 'utf8');
    expect(picture).toBe(drawCurves(results));
    expect(picture.length).toBeLessThan(60_000);
  });
});

describe('a difference', () => {
  const run = (seed: number, follows: boolean, docs: string) => ({ ...runs[0]!, seed, follows, atEnd: { task: docs } });

  it('is paired by docs and by seeds', () => {
    const { overDocs, overSeeds } = summarise([
      run(1, true, '1111'),
      run(1, false, '0011'),
      run(2, true, '1110'),
      run(2, false, '0010'),
    ]);
    expect([overDocs.value, overDocs.n, overSeeds.value, overSeeds.n]).toEqual([0.5, 4, 0.5, 2]);
    expect(overSeeds.ci95).toEqual([0.5, 0.5]);
    // Docs differ by 1, 1, 0, 0: a standard error of 0.2887.
    expect(overDocs.ci95[0]).toBeCloseTo(0.5 - 1.96 * 0.28868, 4);
  });

  it('of one seed is not said to hold for others', () => {
    expect(summarise([run(1, true, '11'), run(1, false, '00')]).overSeeds).toEqual({ value: 1, ci95: [-1, 1], n: 1 });
  });

  it('needs the same docs', () => {
    expect(() => summarise([run(1, true, '11'), run(1, false, '1')])).toThrow('not the same docs');
    expect(() => summarise([run(1, true, '11')])).toThrow('no seed');
  });

  it('is not claimed where nothing came back', () => {
    const left = runs.filter(({ follows }) => !follows);
    const claimed = left.flatMap((one) => [{ ...one, follows: true }, one]);
    expect(failuresOf(claimed, summarise(claimed).overDocs).join()).toContain('nothing was changed');
  });
});

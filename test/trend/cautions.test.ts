/** What is noticed beside drops: series that jitter more than their like, benchmarks learned by their form, docs that say nothing. */
import { describe, expect, it } from 'vitest';
import type { Outcomes } from '../../src/domain/score.ts';
import { benchmarkHealth } from '../../src/trend/benchmark-health.ts';
import { buildPanel } from '../../src/trend/doc-panel.ts';
import { learnJitter } from '../../src/trend/jitter.ts';
import { buildSeries } from '../../src/trend/measured-series.ts';
import { memorisedHint } from '../../src/trend/memorised.ts';
import { readHistory } from '../../src/trend/read-history.ts';
import { unstableSeries } from '../../src/trend/unstable.ts';
import { createRandom, PLAIN_WORLD, type World, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const outcomes = (values: readonly number[], metric = 'acc'): Outcomes => ({
  task: 'quiz',
  metric,
  taskHash: 'h',
  higherIsBetter: metric === 'acc',
  values: Float32Array.from(values),
});

describe('unstable series', () => {
  const found = (world: World) => {
    const { series } = readHistory([...worldCheckpoints(world)].slice(-20), worldTasks(world));
    return unstableSeries(learnJitter(series, (one) => one.positions))
      .filter(({ series: one }) => one.level === 'leaf')
      .map(({ series: one }) => one.key.capability);
  };
  const calm: World = { ...PLAIN_WORLD, capabilities: 12, docs: 600, checkpoints: 24 };

  it('are named where one jitters far more than the others', () => {
    const swing = [0.05, 0.02, -0.06, -0.01, 0.07, -0.03, -0.05, 0.01, 0.06, 0.04, -0.07, 0];
    const accuracy = (c: number, t: number) => calm.accuracy(c, t) + (c === 5 ? swing[(5 * t) % 12]! : 0);
    expect(found({ ...calm, accuracy })).toEqual(['area0.skill5']);
  });

  it('are none in quiet worlds, nor where one capability drops once', () => {
    for (let seed = 1; seed <= 8; seed++) {
      expect(found({ ...calm, seed })).toEqual([]);
      const accuracy = (c: number, t: number) => calm.accuracy(c, t) - (c === 5 && t >= 20 ? 0.1 : 0);
      expect(found({ ...calm, seed, accuracy })).toEqual([]);
    }
  });
});

describe('a benchmark that rises while its right answers become no likelier', () => {
  const random = createRandom(4);
  const ease = Array.from({ length: 300 }, random.normal);
  const curve = (from: number, to: number) => Array.from({ length: 12 }, (_, t) => from + ((to - from) * t) / 11);
  const score = (from: number, to: number) =>
    buildSeries({ capability: null, task: 'quiz', metric: 'acc' }, 'task', [
      buildPanel(
        curve(from, to).map((level) => outcomes(ease.map((e) => (e + 0.3 * random.normal() < level ? 1 : 0)))),
      ),
    ]);
  const gold = (from: number, to: number) =>
    buildSeries({ capability: null, task: 'quiz', metric: 'gold_bits_per_byte' }, 'task', [
      buildPanel(
        curve(from, to).map((level) =>
          outcomes(
            ease.map((e) => level + 0.2 * e + 0.05 * random.normal()),
            'gold_bits_per_byte',
          ),
        ),
      ),
    ]);

  it('is told', () => {
    expect(memorisedHint(score(-0.3, 0.6), gold(1.2, 1.25))?.rise).toBeGreaterThan(0.1);
  });

  it('is not where the answers became likelier too, nor where nothing rose', () => {
    expect(memorisedHint(score(-0.3, 0.6), gold(1.2, 0.9))).toBeNull();
    expect(memorisedHint(score(0.2, 0.2), gold(1.2, 1.25))).toBeNull();
  });
});

describe('the health of a benchmark', () => {
  const column = (right: number, flip: number) =>
    outcomes(Array.from({ length: 200 }, (_, i) => ((i + (i % 17 === flip ? 100 : 0)) % 200 < right ? 1 : 0)));

  it('is sound where docs change and there is room above', () => {
    const panel = buildPanel([0, 3, 5, 7, 9, 11].map((flip) => column(120, flip)));
    expect(benchmarkHealth(panel)).toMatchObject({ findings: [], docs: 200 });
  });

  it('names a ceiling, docs that never change, and a floor', () => {
    expect(benchmarkHealth(buildPanel([0, 1, 2, 3, 4].map(() => column(198, 99))))?.findings).toEqual([
      'at ceiling',
      'docs that never change',
    ]);
    const guessed = buildPanel([0, 3, 5, 7, 9, 11].map((flip) => column(54, flip)));
    expect(benchmarkHealth(guessed, 0.25)?.findings).toEqual(['at floor']);
    expect(benchmarkHealth(guessed, 0.1)?.findings).toEqual([]);
    expect(benchmarkHealth(guessed)?.findings).toEqual([]);
  });
});

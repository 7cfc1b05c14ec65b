/** A drop on a rising curve is found against the line it rose on; a curve that flattens has lost nothing. */
import { expect, test } from 'vitest';
import { readHistory } from '../../src/trend/read-history.ts';
import { droppedWhileRising } from '../../src/trend/rising-drop.ts';
import { scanWindows, THRESHOLDS } from '../../src/trend/scan.ts';
import { PLAIN_WORLD, worldCheckpoints, worldTasks } from '../fakes/worlds.ts';

const JITTER = { single: 0.0002, several: 0.0002, memory: 0 };

/** The one series of a world with this curve. */
function seriesOf(accuracy: (checkpoint: number) => number, seed = 4) {
  const world = {
    ...PLAIN_WORLD,
    seed,
    capabilities: 1,
    docs: 800,
    checkpoints: 12,
    commonJitter: 0.002,
    ownJitter: 0.003,
    accuracy: (_c: number, t: number) => accuracy(t),
  };
  const { series } = readHistory([...worldCheckpoints(world)], worldTasks(world));
  return series.find((each) => each.level === 'leaf')!;
}

function look(accuracy: (checkpoint: number) => number) {
  const series = seriesOf(accuracy);
  return {
    found: droppedWhileRising(series, series.positions, JITTER, THRESHOLDS),
    plain: scanWindows(series, series.positions, JITTER).some((window) => window.isWorse),
  };
}

test('11 points lost while rising 2 a checkpoint: the mean before lags behind, the line does not', () => {
  const { found, plain } = look((t) => 0.3 + 0.02 * t - (t >= 10 ? 0.11 : 0));
  expect(plain).toBe(false);
  expect(found?.now).toEqual([10, 11]);
  expect(found!.difference).toBeLessThan(-0.03);
});

test('a curve that stops rising has lost nothing', () => {
  expect(look((t) => 0.3 + 0.02 * Math.min(t, 9)).found).toBeNull();
  expect(look((t) => 0.3 + 0.02 * t).found).toBeNull();
});

import { expect, it } from 'vitest';
import { isWanted, rootOf } from '../../src/watch/match-run.ts';

it('takes everything at or below a plain directory', () => {
  expect(isWanted('/data/run', ['/data/run'])).toBe(true);
  expect(isWanted('/data/run/v0/deep', ['/data/run'])).toBe(true);
  expect(isWanted('/data/runner', ['/data/run'])).toBe(false);
  expect(isWanted('/data', ['/data/run'])).toBe(false);
});

it('takes below a glob only what fits it', () => {
  const patterns = ['/data/runs/exp-*', '/data/{a,b.c}/[0-9]?'];
  expect(['/data/runs/exp-1', '/data/runs/exp-1/out', '/data/b.c/7x'].map((run) => isWanted(run, patterns))).toEqual([
    true,
    true,
    true,
  ]);
  expect(['/data/runs/old', '/data/runs', '/data/bxc/7x', '/data/a/x7'].map((run) => isWanted(run, patterns))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});

it('watches the part before the first wildcard', () => {
  expect(rootOf('/data/runs/exp-*/out')).toBe('/data/runs');
  expect(rootOf('/data/run')).toBe('/data/run');
  expect(rootOf('/*')).toBe('/');
});

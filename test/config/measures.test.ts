import { describe, expect, it } from 'vitest';
import { parseBytes, parseDuration, parseShare } from '../../src/config/measures.ts';
import { nearest } from '../../src/config/nearest.ts';

describe('measures', () => {
  it.each<[string | number, number | null]>([
    ['30s', 30_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
    ['1h30m', 5_400_000],
    ['2 d', 172_800_000],
    [90, 90_000],
    ['90', 90_000],
    ['0s', 0],
    ['-5s', null],
    ['5 parsecs', null],
    ['', null],
    [Number.NaN, null],
  ])('duration %j is %j ms', (text, expected) => expect(parseDuration(text)).toBe(expected));

  it.each<[string | number, number | null]>([
    ['20GB', 20e9],
    ['512 MiB', 512 * 2 ** 20],
    ['1.5gb', 1.5e9],
    [1024, 1024],
    ['1024', 1024],
    ['10%', null],
    ['GB', null],
    [-1, null],
  ])('size %j is %j bytes', (text, expected) => expect(parseBytes(text)).toBe(expected));

  it.each<[string | number, number | null]>([
    ['10%', 0.1],
    [' 2.5 % ', 0.025],
    ['101%', null],
    ['10', null],
  ])('share %j is %j', (text, expected) => expect(parseShare(text)).toBe(expected));
});

describe('the nearest word', () => {
  it.each<[string, string | null]>([
    ['prot', 'port'],
    ['docsPerTask', 'docs_per_task'],
    ['docs-per-task', 'docs_per_task'],
    ['xyz', null],
    ['p', null],
  ])('to %s is %s', (written, meant) => expect(nearest(written, ['port', 'host', 'docs_per_task'])).toBe(meant));
});

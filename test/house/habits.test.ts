/** House rules that a reader would otherwise have to check by eye. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/domain/errors.ts';
import { ROOT, readSourceTree } from './source-tree.ts';

const files = readSourceTree();
const where = (pattern: RegExp, allowed: RegExp) =>
  files.filter((file) => pattern.test(file.text) && !allowed.test(file.path)).map((file) => file.path);

describe('habits', () => {
  it('reads time and sets timers only in system/clock.ts', () => {
    expect(
      where(
        /\bDate\.now\(|\bnew Date\(\)|(?<![.\w])set(?:Timeout|Interval)\(/,
        /^system\/clock\.ts$|^dashboard\/clock\.ts$/,
      ),
    ).toEqual([]);
  });

  it('has no drawer for odds and ends', () => {
    expect(
      files
        .map((file) => file.path)
        .filter((path) => /(^|\/)(utils?|helpers?|common|lib|types|interfaces)(\.ts|\/)/.test(path)),
    ).toEqual([]);
  });

  it('opens every file with a sentence of what it is for', () => {
    expect(files.filter((file) => !/^(#![^\n]*\n)?\/\*\*/.test(file.text)).map((file) => file.path)).toEqual([]);
  });

  it('keeps files small', () => {
    expect(files.filter((file) => file.text.split('\n').length > 330).map((file) => file.path)).toEqual([]);
  });

  it('uses every error code it declares', () => {
    const source = files
      .filter((file) => file.path !== 'domain/errors.ts')
      .map((file) => file.text)
      .join('\n');
    expect(Object.keys(ERROR_CODES).filter((code) => !source.includes(`'${code}'`))).toEqual([]);
  });

  it('skips and focuses no test', () => {
    const tests = readSourceTree(join(ROOT, 'test')).filter((file) => file.path.endsWith('.test.ts'));
    expect(
      tests.filter((file) => /\b(?:it|describe|test)\.only\(|\bvi\.mock\(/.test(file.text)).map((file) => file.path),
    ).toEqual([]);
  });

  it('keeps the README under 200 lines', () => {
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8').split('\n').length).toBeLessThanOrEqual(200);
  });
});

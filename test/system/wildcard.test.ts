import { expect, test } from 'vitest';
import { wildcard } from '../../src/system/wildcard.ts';

test('takes whole names, wildcards and nothing else being special', () => {
  expect(wildcard('mmlu_*').test('mmlu_anatomy')).toBe(true);
  expect(wildcard('mmlu_*').test('my_mmlu_anatomy')).toBe(false);
  expect(wildcard('a.b?').test('a.bc')).toBe(true);
  expect(wildcard('a.b?').test('axbc')).toBe(false);
  expect(wildcard('(x|y)*').test('x1')).toBe(false);
});

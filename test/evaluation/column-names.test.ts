import { expect, test } from 'vitest';
import { nameColumns } from '../../src/evaluation/data/column-names.ts';

test('names of columns are pandas’', () => {
  expect(nameColumns(['', 'a', '', 'a', 'a', 'b.1', 'b', 'b'])).toEqual([
    'Unnamed: 0',
    'a',
    'Unnamed: 2',
    'a.1',
    'a.2',
    'b.1',
    'b',
    'b.2',
  ]);
});

import { expect, it } from 'vitest';
import { outermost } from '../../src/cli/watch/watch.ts';

it('watches a directory once, however often it is named', () => {
  expect(outermost(['/out', '/out/run', '/out', '/other', '/outside'])).toEqual(['/out', '/other', '/outside']);
  expect(outermost(['/out/run', '/'])).toEqual(['/']);
});

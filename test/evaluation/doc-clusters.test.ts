import { expect, test } from 'vitest';
import { clustersOf } from '../../src/evaluation/asking/doc-clusters.ts';

const questions = (passages: readonly string[], column = 'passage') =>
  passages.map((passage, i) => ({ [column]: passage, question: `what is ${i}?`, answer: i % 2 }));

test('docs of one passage are one cluster, white space aside', () => {
  expect(clustersOf(questions(['On whales.', 'On  whales. ', 'On ants.', 'On whales.']))).toEqual(
    Int32Array.of(0, 0, 1, 0),
  );
});

test('a long text that is shared is a passage under any name, and a missing one shares nothing', () => {
  const text = 'A long text about the history of a lighthouse and of those who kept it burning. '.repeat(4);
  expect(clustersOf(questions([text, text, `${text} II`, ''], 'lore'))).toEqual(Int32Array.of(0, 0, 1, 2));
  expect(clustersOf(questions([text, text, '', ''], 'lore'))).toEqual(Int32Array.of(0, 0, 1, 2));
});

test('docs that share nothing, or all the same, stand for themselves', () => {
  expect(clustersOf(questions(['a', 'b', 'c']))).toBeNull();
  expect(clustersOf(questions(['a', 'a', 'a']))).toBeNull();
  expect(clustersOf([{ question: 'one' }])).toBeNull();
  expect(clustersOf([])).toBeNull();
});

test('subjects count where there are enough of them, and never beside a passage', () => {
  const docs = Array.from({ length: 120 }, (_, i) => ({ subject: `subject ${i % 40}`, question: `what is ${i}?` }));
  expect(clustersOf(docs)).toEqual(Int32Array.from(docs, (_, i) => i % 40));
  expect(clustersOf(docs.map((doc, i) => ({ ...doc, subject: `subject ${i % 5}` })))).toBeNull();
  const both = docs.map((doc, i) => ({ ...doc, article: `article ${i >> 1}` }));
  expect(clustersOf(both)).toEqual(Int32Array.from(docs, (_, i) => i >> 1));
});

test('what the task file names is taken, of any kind', () => {
  expect(clustersOf([{ id: [1, 2] }, { id: [1, 2] }, { id: [3] }], 'id')).toEqual(Int32Array.of(0, 0, 1));
});

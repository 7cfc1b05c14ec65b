/** The keys of the starter docs against those of a second reader, who answered every doc without having seen the first. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CAPABILITIES } from '../../../src/domain/capability.ts';

interface StarterDoc {
  readonly id: string;
  readonly choices: readonly string[];
  readonly answer: number;
}

const STARTER = fileURLToPath(new URL('../../../src/evaluation/library/starter/', import.meta.url));
const second: Record<string, Record<string, number>> = JSON.parse(
  readFileSync(new URL('second-keys.json', import.meta.url), 'utf8'),
);
const leaves = readdirSync(STARTER)
  .filter((name) => name.endsWith('.jsonl'))
  .map((name) => name.slice(0, -'.jsonl'.length));

const docsOf = (leaf: string): StarterDoc[] =>
  readFileSync(`${STARTER}${leaf}.jsonl`, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Docs whose two keys differ, and docs with one key only. */
function disagreements(docs: readonly StarterDoc[], keys: Readonly<Record<string, number>>): string[] {
  return [
    ...docs.filter(({ id, answer }) => keys[id] !== answer).map(({ id }) => id),
    ...Object.keys(keys).filter((id) => !docs.some((doc) => doc.id === id)),
  ];
}

test('every leaf of the tree has its starter docs', () => {
  const parents = new Set(CAPABILITIES.map(({ id }) => id.slice(0, id.lastIndexOf('.'))));
  const wanted = CAPABILITIES.map(({ id }) => id).filter((id) => !parents.has(id));
  expect(wanted).toHaveLength(47);
  expect(leaves.sort()).toEqual(wanted.sort());
});

test.each(leaves)('%s: both readers give the same key to every doc', (leaf) => {
  const docs = docsOf(leaf);
  expect(docs.length).toBeGreaterThanOrEqual(20);
  expect(disagreements(docs, second[leaf] ?? {})).toEqual([]);
});

test('a wrong key is noticed, whichever it is', () => {
  for (const leaf of leaves) {
    const docs = docsOf(leaf);
    for (const [at, doc] of docs.entries()) {
      const wrong = docs.map((one, i) => (i === at ? { ...one, answer: (doc.answer + 1) % doc.choices.length } : one));
      expect(disagreements(wrong, second[leaf]!)).toEqual([doc.id]);
    }
  }
});

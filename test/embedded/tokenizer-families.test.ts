/** Tokenizers of every kind against what the Rust library and transformers made of the same texts. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadTokenizer } from '../../src/embedded/text/tokenizer.ts';
import { readFamilies } from './recorded/text/families.ts';

const directory = await mkdtemp(join(tmpdir(), 'libra-tokenizers-'));
afterAll(() => rm(directory, { recursive: true }));

async function load(tokenizer: unknown, config: unknown) {
  await writeFile(join(directory, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(join(directory, 'tokenizer_config.json'), JSON.stringify(config));
  return loadTokenizer(directory, {});
}

/** Both sides side by side, only where they differ: a readable failure. */
function differences<T>(inputs: readonly unknown[], expected: readonly T[], found: (index: number) => T) {
  return expected
    .map((want, index) => ({ input: inputs[index], want, got: found(index) }))
    .filter(({ want, got }) => JSON.stringify(want) !== JSON.stringify(got));
}

const families = readFamilies();

test('there are recordings of many kinds', () => expect(families.length).toBeGreaterThan(40));

describe.each(families)('a tokenizer in the shape of $name', async (family) => {
  const tokenizer = await load(family.tokenizer, family.config);

  test('encodes as the Rust library does', () => {
    expect(differences(family.texts, family.ids, (at) => tokenizer.encode(family.texts[at]!))).toEqual([]);
    // And once more, from the words it remembers.
    expect(differences(family.texts, family.ids, (at) => tokenizer.encode(family.texts[at]!))).toEqual([]);
  });

  test('adds the special tokens of its template', () => {
    const { texts, special } = family;
    expect(differences(texts, special, (at) => tokenizer.encodeWithSpecialTokens(texts[at]!))).toEqual([]);
  });

  test('decodes as transformers does', () => {
    const { known, decoded, skipping, half } = family;
    const skip = { skipSpecialTokens: true };
    expect(differences(known, decoded, (at) => tokenizer.decode(known[at]!))).toEqual([]);
    expect(differences(known, skipping, (at) => tokenizer.decode(known[at]!, skip))).toEqual([]);
    expect(differences(known, half, (at) => tokenizer.decode(known[at]!.slice(0, known[at]!.length >> 1)))).toEqual([]);
  });

  test('is safe with halves of surrogate pairs', () => {
    expect(tokenizer.encode('a\ud83db \udc4d')).toEqual(tokenizer.encode('a\ufffdb \ufffd'));
  });
});

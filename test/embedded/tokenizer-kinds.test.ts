/** What no recording can show: unknown kinds, other files than tokenizer.json, words without end. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compilePattern } from '../../src/embedded/text/pattern.ts';
import { TextStream } from '../../src/embedded/text/text-stream.ts';
import { loadTokenizer } from '../../src/embedded/text/tokenizer.ts';
import { readFamilies } from './recorded/text/families.ts';

const families = new Map(readFamilies().map((family) => [family.name, family]));
let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'libra-tokenizer-'));
});
afterEach(() => rm(directory, { recursive: true }));

const write = (file: string, value: unknown) =>
  writeFile(join(directory, file), typeof value === 'string' ? value : JSON.stringify(value));

test.each(['normalizer', 'pre_tokenizer', 'decoder', 'post_processor', 'model'])(
  'a %s of an unknown kind is refused by name',
  async (part) => {
    await write('tokenizer.json', { ...families.get('gpt2')!.tokenizer, [part]: { type: 'Quantum' } });
    await expect(loadTokenizer(directory, {})).rejects.toMatchObject({
      code: 'LIBRA_CHECKPOINT_INVALID',
      message: expect.stringMatching(new RegExp(`${part}.*Quantum`)),
    });
  },
);

test('SentencePiece alone is an error that says how to get tokenizer.json', async () => {
  await write('tokenizer.model', 'x');
  await expect(loadTokenizer(directory, {})).rejects.toMatchObject({
    message: expect.stringContaining('only tokenizer.model'),
    hint: expect.stringContaining('save_pretrained'),
  });
});

test.each([
  ['gpt2', 'GPT2Tokenizer'],
  ['qwen2', 'Qwen2TokenizerFast'],
])('vocab.json and merges.txt of %s mean what its tokenizer.json means', async (name, kind) => {
  const { tokenizer, texts, ids } = families.get(name)!;
  const { vocab, merges } = tokenizer.model as { vocab: object; merges: [string, string][] };
  await write('vocab.json', vocab);
  await write('merges.txt', `#version: 0.2\n${merges.map((pair) => pair.join(' ')).join('\n')}\n`);
  const added = (tokenizer.added_tokens as { id: number }[]).map(({ id, ...token }) => [id, token]);
  await write('tokenizer_config.json', { tokenizer_class: kind, added_tokens_decoder: Object.fromEntries(added) });
  const loaded = await loadTokenizer(directory, {});
  expect(texts.map((text) => loaded.encode(text))).toEqual(ids);
  expect(await readFile(join(directory, 'vocab.json'), 'utf8')).toBe(JSON.stringify(vocab));
});

test.each(['gpt2', 'llama2', 'gemma', 'unigram-bytes'])(
  'words of 100 000 characters take no quadratic time (%s)',
  async (name) => {
    await write('tokenizer.json', families.get(name)!.tokenizer);
    const tokenizer = await loadTokenizer(directory, {});
    const started = process.cpuUsage().user;
    for (const text of ['a'.repeat(100_000), '天气很好'.repeat(25_000)]) {
      expect(tokenizer.decode(tokenizer.encode(text)).trim()).toBe(text);
    }
    // Quadratic work would take minutes; a busy machine is no reason to fail.
    expect((process.cpuUsage().user - started) / 1e6).toBeLessThan(8);
  },
);

test.each(['gpt2', 'llama2', 'gemma'])('streamed text is the text of the whole (%s)', async (name) => {
  const { tokenizer: json, texts } = families.get(name)!;
  await write('tokenizer.json', json);
  const tokenizer = await loadTokenizer(directory, {});
  for (const text of texts.slice(0, 60)) {
    const ids = tokenizer.encode(text);
    const stream = new TextStream(tokenizer, []);
    const shown = [...ids.map((id) => stream.push(id)), stream.finish()].join('');
    expect(shown).toBe(tokenizer.decode(ids, { skipSpecialTokens: true }));
  }
});

test.each(['\\X', '\\K', 'a(?~b)', '\\p{InBasicLatin}', '(?<=a', '[a'])('the pattern %s is refused', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow(/not supported|Invalid/);
});

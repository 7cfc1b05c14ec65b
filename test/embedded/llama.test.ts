/** The graph against values recorded from transformers: every variant of the architecture, packed and unpacked, and decoding. */
import { describe, expect, test } from 'vitest';
import { loadEngine } from '../../src/embedded/engine.ts';
import { LOAD, testAgainst, tokensOf } from './against-recorded.ts';
import { recorded } from './recorded/recorded.ts';
import { VARIANTS, writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

describe.each(Object.keys(VARIANTS))('%s', (name) => {
  testAgainst(recorded.models[name]!, (directory) => writeSeeded(name, directory));
});

test('sampling is repeatable by its seed, whatever is decoded beside it', async () => {
  await using directory = await temporaryDirectory();
  const engine = await loadEngine(await writeSeeded('plain', directory.path), LOAD);
  const sampled = (seed: number) =>
    tokensOf(engine, [5, 6, 7], { temperature: 1, seed, ignoreEnd: true, maxTokens: 24 });
  const [alone, other] = [await sampled(1), await sampled(2)];
  expect(alone).toHaveLength(24);
  expect(other).not.toEqual(alone);
  const [again] = await Promise.all([sampled(1), sampled(3), tokensOf(engine, [9, 9, 9, 9, 9, 9])]);
  expect(again).toEqual(alone);
});

test('work that is given up is dropped, and the rest goes on', async () => {
  await using directory = await temporaryDirectory();
  const engine = await loadEngine(await writeSeeded('plain', directory.path), LOAD);
  const gone = new AbortController();
  const lost = engine.scorer.score([{ context: [1], continuations: [[2, 3]] }], { signal: gone.signal });
  const lostText = tokensOf(engine, [5], { signal: gone.signal, ignoreEnd: true });
  const kept = engine.scorer.score([{ context: [1], continuations: [[2, 3]] }]);
  gone.abort(new Error('gone'));
  await expect(lost).rejects.toThrow('gone');
  await expect(lostText).rejects.toThrow('gone');
  expect((await kept)[0]?.[0]?.logprobs).toHaveLength(2);
});

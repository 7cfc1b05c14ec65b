/** The graph against values recorded from transformers: every variant of the architecture, packed and unpacked, and decoding. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Engine, loadEngine } from '../../src/embedded/engine.ts';
import type { GenerateOptions } from '../../src/embedded/generator.ts';
import type { TokenScores } from '../../src/embedded/scorer.ts';
import { recorded } from './recorded/recorded.ts';
import { VARIANTS, writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const LOAD = { workDirectory: null, threads: 1, maxLength: null };
const GREEDY = { temperature: 0, topP: 1, seed: 0, top: 0, ignoreEnd: false };

async function tokensOf(
  engine: Engine,
  prompt: readonly number[],
  options: Partial<GenerateOptions> = {},
): Promise<number[]> {
  const tokens: number[] = [];
  const onToken = ({ id }: { id: number }) => {
    tokens.push(id);
    return false;
  };
  await engine.generator.generate(prompt, { maxTokens: 64, ...GREEDY, onToken, ...options });
  return tokens;
}

function expectScores(
  scores: TokenScores | undefined,
  wanted: { logprobs: readonly number[]; best: readonly number[] },
) {
  expect([...(scores?.topIds ?? [])]).toEqual(wanted.best);
  for (const [index, value] of wanted.logprobs.entries()) expect(scores?.logprobs[index]).toBeCloseTo(value, 4);
}

describe.each(Object.keys(VARIANTS))('%s', (name) => {
  const truth = recorded.models[name]!;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engine: Engine;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    engine = await loadEngine(await writeSeeded(name, directory.path), LOAD);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  test('log-probabilities, arg-max and ranks of a long sequence', async () => {
    const docs = [{ context: truth.sequence.slice(0, 1), continuations: [truth.sequence.slice(1)] }];
    const [[scores] = []] = await engine.scorer.score(docs, { wantRanks: true });
    expectScores(scores, truth.whole);
    expect([...(scores?.ranks ?? [])]).toEqual(truth.whole.ranks);
  });

  test('continuations packed behind one context, among other docs, equal separate passes', async () => {
    const context = engine.tokenizer.encode(truth.context);
    const continuations = truth.continuations.map(({ text }) =>
      engine.tokenizer.encode(truth.context + text).slice(context.length),
    );
    const others = [3, 17, 40].map((length) => ({
      context: truth.sequence.slice(0, length),
      continuations: [[5, 6], [7]],
    }));
    const scored = await engine.scorer.score([others[2]!, { context, continuations }, others[0]!, others[1]!]);
    for (const [index, wanted] of truth.continuations.entries()) expectScores(scored[1]?.[index], wanted);
  });

  test('greedy decoding of prompts of different lengths together', async () => {
    const prompts = truth.prompts.map((text) => engine.tokenizer.encode(text));
    const made = await Promise.all(prompts.map((prompt) => tokensOf(engine, prompt)));
    expect(made).toEqual(truth.greedy);
  });
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

/** One checkpoint against values recorded from transformers: packed and unpacked, and decoding. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GenerateOptions } from '../../src/embedded/decoding/generator.ts';
import { type Engine, loadEngine } from '../../src/embedded/engine.ts';
import type { TokenScores } from '../../src/embedded/scorer.ts';
import type { RecordedModel } from './recorded/recorded.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const LOAD = { workDirectory: null, threads: 1, maxLength: null };
const GREEDY = { temperature: 0, topP: 1, seed: 0, top: 0, ignoreEnd: false };

export async function tokensOf(
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
  const difference = wanted.logprobs.map((value, index) => Math.abs(value - (scores?.logprobs[index] ?? Number.NaN)));
  expect(Math.max(...difference)).toBeLessThan(1e-4);
}

/**
 * Tests for one checkpoint. Half-precision weights are held to the same 1e-4: the engine and the recording both compute with
 * them in fp32.
 */
export function testAgainst(truth: RecordedModel, write: (directory: string) => Promise<string>): void {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engine: Engine;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    engine = await loadEngine(await write(directory.path), LOAD);
  });
  afterAll(() => directory[Symbol.asyncDispose]());

  test('log-probabilities, arg-max and ranks of a long sequence', async () => {
    const docs = [{ context: truth.sequence.slice(0, 1), continuations: [truth.sequence.slice(1)] }];
    const [[scores] = []] = await engine.scorer.score(docs, { wantRanks: true });
    expectScores(scores, truth.whole);
    // Which of two equal log-probabilities comes first depends on how this CPU rounds.
    const ranks = [...(scores?.ranks ?? [])];
    expect(ranks).toHaveLength(truth.whole.ranks.length);
    expect(Math.max(...ranks.map((rank, i) => Math.abs(rank - truth.whole.ranks[i]!)))).toBeLessThanOrEqual(1);
    expect(ranks.filter((rank, i) => rank !== truth.whole.ranks[i]).length).toBeLessThanOrEqual(ranks.length / 25);
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
}

/** Compares a loaded model with what was recorded of the same model elsewhere. */
import { expect } from 'vitest';
import type { Engine } from '../../src/embedded/engine.ts';
import { type Measured, recordedWeights } from './recorded/weights.ts';

/** Log-probabilities within 1e-4, the same best tokens, the same greedy continuations. */
export async function expectMeasured(engine: Engine, wanted: Measured): Promise<void> {
  const { sequence, prompts } = recordedWeights;
  const docs = [{ context: sequence.slice(0, 1), continuations: [sequence.slice(1)] }];
  const [[scores] = []] = await engine.scorer.score(docs);
  for (const [index, value] of wanted.logprobs.entries()) {
    expect(Math.abs((scores?.logprobs[index] ?? Number.NaN) - value), `token ${index}`).toBeLessThan(1e-4);
  }
  expect([...(scores?.topIds ?? [])]).toEqual(wanted.best);
  expect(await Promise.all(prompts.map((prompt) => greedy(engine, prompt)))).toEqual(wanted.greedy);
}

async function greedy(engine: Engine, prompt: readonly number[]): Promise<number[]> {
  const tokens: number[] = [];
  const onToken = ({ id }: { id: number }) => {
    tokens.push(id);
    return false;
  };
  const options = { temperature: 0, topP: 1, seed: 0, top: 0, ignoreEnd: true, maxTokens: 24, onToken };
  await engine.generator.generate(prompt, options);
  return tokens;
}

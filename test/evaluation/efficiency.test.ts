import { expect, test } from 'vitest';
import type { EngineFigures } from '../../src/domain/engine-figures.ts';
import type { LanguageModel } from '../../src/domain/language-model.ts';
import type { Answer, Sample, SampleTiming } from '../../src/domain/sample.ts';
import { evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import { efficiencyScores, throughput } from '../../src/evaluation/scoring/efficiency.ts';
import { quantile, quantileStderr } from '../../src/evaluation/scoring/quantile.ts';
import { scoreDoc } from '../../src/evaluation/scoring/score-doc.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { scriptedModel } from '../fakes/scripted-model.ts';
import { loadOne } from '../fakes/task-files.ts';

const task = await loadOne({
  'a.yaml':
    'task: sums\ndataset_path: json\ndataset_kwargs: {data_files: {test: docs.jsonl}}\ntest_split: test\noutput_type: generate_until\ndoc_to_text: "{{q}}"\ndoc_to_target: "{{a}}"\ngeneration_kwargs: {until: ["\\n"], max_gen_toks: 16}\nmetric_list: [{metric: exact_match}]\n',
  'docs.jsonl': Array.from({ length: 4 }, (_, i) => ({ id: `s${i}`, q: `${i}+1=`, a: String(i + 1) })),
});

const timing = (sentAt: number, seconds: number, tokens: number, more: Partial<SampleTiming> = {}): SampleTiming => ({
  sentAt,
  seconds,
  tokens,
  firstTokenSeconds: null,
  promptTokens: null,
  ...more,
});

function sample(own: Task, index: number, text: string, tokens: number, took?: SampleTiming): Sample {
  const answer: Answer = { kind: 'text', text, tokens };
  const doc = own.docs[index]!;
  const values = scoreDoc(own, doc, answer);
  return { index, docId: doc.id, answer, error: null, values, ...(took && { timing: took }) };
}

const right = (index: number) => String(task.docs[index]!.fields.a);

const byMetric = (samples: readonly Sample[], engine?: EngineFigures) =>
  Object.fromEntries(efficiencyScores({ task, docs: 4, samples, engine }).map((score) => [score.metric, score]));

test('throughput is tokens over the time in which anything was under way', () => {
  // Two calls that overlap from 1 s to 2 s, then a pause, then one more: 2 + 1 + 2 s of work.
  const rate = throughput([timing(0, 2, 10), timing(0, 1.5, 5), timing(1000, 2, 12), timing(9000, 2, 8)]);
  expect(rate.value).toBeCloseTo(35 / 5, 12);
  const residuals = [15 - 7 * 2, 12 - 7 * 1, 8 - 7 * 2];
  expect(rate.stderr).toBeCloseTo(Math.sqrt((3 / 2) * residuals.reduce((sum, r) => sum + r * r, 0)) / 5, 12);
  expect(throughput([timing(0, 2, 10)]).stderr).toBeNaN();
});

test('latency, first token, lengths and tokens per right answer', () => {
  const scores = byMetric([
    sample(task, 0, right(0), 3, timing(0, 1, 3, { firstTokenSeconds: 0.2, promptTokens: 10 })),
    sample(task, 1, 'wrong', 5, timing(0, 2, 5, { firstTokenSeconds: 0.4, promptTokens: 20 })),
    sample(task, 2, right(2), 4, timing(3000, 3, 4, { firstTokenSeconds: 0.6, promptTokens: 30 })),
  ]);
  expect(scores.latency_p50).toMatchObject({ value: 2, n: 3, unit: 'seconds', failed: 1, family: 'efficiency' });
  expect(scores.latency_p99!.value).toBeCloseTo(2.98, 12);
  expect(scores.time_to_first_token!.value).toBeCloseTo(0.4, 12);
  expect(scores.tokens_per_second!.value).toBeCloseTo(12 / 5, 12);
  expect(scores.prompt_tokens!.value).toBe(20);
  expect(scores.output_tokens).toMatchObject({ value: 4, n: 3 });
  expect(scores.output_tokens!.stderr).toBeCloseTo(1 / Math.sqrt(3), 12);
  expect(scores.output_tokens_p90!.value).toBeCloseTo(4.8, 12);
  expect(scores.tokens_per_right_answer!.value).toBeCloseTo(12 / 2, 12);
  expect(scores.tokens_per_second!.higherIsBetter).toBe(true);
  // Nobody measured the engine: nothing is said of its memory.
  expect(scores.peak_memory).toBeUndefined();
});

test('what an engine does not tell is not given, with the reason', () => {
  const engine: EngineFigures = {
    peakMemory: { value: 5e8 },
    energy: { reason: 'no processor here counts its energy' },
    load: { value: 0.5 },
  };
  const scores = byMetric([sample(task, 0, 'x', 3, timing(0, 1, 3))], engine);
  expect(scores.time_to_first_token).toMatchObject({ value: Number.NaN, n: 0, reason: 'the engine does not tell' });
  expect(scores.energy).toMatchObject({ value: Number.NaN, reason: 'no processor here counts its energy' });
  expect(scores.peak_memory).toMatchObject({ value: 5e8, unit: 'bytes', reason: null });
  expect(scores.machine_load!.value).toBe(0.5);
  expect(scores.tokens_per_right_answer).toMatchObject({ value: Number.NaN, reason: 'no answer is right' });
  const joules = byMetric([sample(task, 0, 'x', 3, timing(0, 1, 3)), sample(task, 1, 'x', 3, timing(0, 1, 3))], {
    ...engine,
    energy: { value: 30 },
  });
  expect(joules.energy_per_doc!.value).toBe(15);
});

test('answers known from before took no time and never count; their lengths do', () => {
  const engine: EngineFigures = { peakMemory: { value: 1 }, energy: { value: 1 }, load: { value: 1 } };
  const scores = byMetric([sample(task, 0, 'x', 3), sample(task, 1, 'y', 5)], engine);
  expect(scores.tokens_per_second).toMatchObject({
    value: Number.NaN,
    n: 0,
    reason: 'every answer was known from before',
  });
  expect(scores.latency_p50).toMatchObject({ value: Number.NaN, n: 0 });
  expect(scores.energy_per_doc).toMatchObject({ value: Number.NaN, reason: 'every answer was known from before' });
  expect(scores.output_tokens!.value).toBe(4);
});

test('a sample takes from its first request to its last answer, and a question asked twice is timed once', async () => {
  const twins = await loadOne({
    'a.yaml':
      'task: twins\ndataset_path: json\ndataset_kwargs: {data_files: {test: docs.jsonl}}\ntest_split: test\noutput_type: multiple_choice\ndoc_to_text: "{{q}}"\ndoc_to_choice: ["a", "b"]\ndoc_to_target: 0\n',
    'docs.jsonl': [
      { id: 'one', q: 'same' },
      { id: 'two', q: 'same' },
    ],
  });
  const plain = scriptedModel();
  let sentAt = 0;
  const model: LanguageModel = {
    ...plain,
    loglikelihood: async (requests, signal) =>
      (await plain.loglikelihood(requests, signal)).map((response) => {
        sentAt += 1000;
        return { ...response, promptTokens: 7, timing: { sentAt, seconds: 0.5 } };
      }),
  };
  const samples: Sample[] = [];
  for await (const batch of evaluatePlan({ plan: [{ task: twins, docs: 2 }], model })) samples.push(...batch.samples);
  expect(samples[0]!.timing).toEqual({
    sentAt: 1000,
    seconds: 1.5,
    firstTokenSeconds: null,
    promptTokens: 7,
    tokens: 2,
  });
  expect(samples[1]!.timing).toBeUndefined();
});

test('quantiles are those of numpy, their error needs no distribution', () => {
  expect(quantile([1, 2, 4, 8], 0.5)).toBe(3);
  expect(quantile([1, 2, 4, 8], 0.9)).toBeCloseTo(6.8, 12);
  expect(quantile([], 0.5)).toBeNaN();
  // The median of n uniform numbers has a standard deviation of 1 / (2 sqrt n).
  const uniform = Array.from({ length: 10_001 }, (_, i) => i / 10_000);
  expect(quantileStderr(uniform, 0.5)).toBeCloseTo(0.5 / Math.sqrt(10_001), 4);
  expect(quantileStderr([1], 0.5)).toBeNaN();
});

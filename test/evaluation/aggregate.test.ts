import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Sample } from '../../src/domain/sample.ts';
import { provenanceOf } from '../../src/evaluation/results/provenance.ts';
import { hasTooManyFailures, measureCheckpoint, outcomesOf, scoresOf } from '../../src/evaluation/scoring/aggregate.ts';
import { aggregationOf } from '../../src/evaluation/scoring/aggregation.ts';
import { scoreDoc } from '../../src/evaluation/scoring/score-doc.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

const choices = await loadOne({
  'a.yaml': choiceTask('capabilities: [basic.reasoning.math]'),
  'docs.jsonl': choiceDocs(8),
});
const texts = await loadOne({
  'r.yaml':
    'task: stories\ndataset_path: json\ndataset_kwargs: {data_files: {test: t.jsonl}}\ntest_split: test\noutput_type: loglikelihood_rolling\ndoc_to_target: text\ncapabilities: [probe.lm]\nmetric_list: [{metric: bits_per_byte}, {metric: word_perplexity}, {metric: byte_perplexity}]\n',
  't.jsonl': [
    { id: 'a', text: 'one two' },
    { id: 'b', text: '山川' },
    { id: 'c', text: 'x' },
  ],
});

/** Samples whose docs are right or wrong as told; null is a failed doc. */
function samplesOf(task: Task, right: readonly (boolean | null)[]): Sample[] {
  return right.map((isRight, index) => {
    const doc = task.docs[index]!;
    if (isRight === null) return { index, docId: doc.id, answer: null, error: 'failed', values: {} };
    const takesFirst = (doc.fields.label === 0) === isRight;
    const answer = { kind: 'choice', logprobs: takesFirst ? [-1, -9] : [-9, -1], isGreedy: [false, false] } as const;
    return { index, docId: doc.id, answer, error: null, values: scoreDoc(task, doc, answer) };
  });
}

test('accuracy with its standard error, over the docs that have an answer', () => {
  const [acc] = scoresOf(choices, samplesOf(choices, [true, true, false, true, null]), 5);
  // 3 of 4: mean 0.75, sample variance (3 x 0.0625 + 0.5625) / 3 = 0.25, stderr 0.5 / 2.
  expect(acc).toMatchObject({
    task: 'colours',
    metric: 'acc',
    value: 0.75,
    stderr: 0.25,
    n: 4,
    failed: 1,
    higherIsBetter: true,
  });
  expect(scoresOf(choices, samplesOf(choices, [true]))[0]!.stderr).toBeNaN();
  expect(scoresOf(choices, samplesOf(choices, [null]))[0]).toMatchObject({ value: Number.NaN, n: 0, failed: 1 });
});

test('outcomes stand in the fixed order, NaN where there is no value', () => {
  const [acc] = outcomesOf(choices, samplesOf(choices, [true, null, false]), 4);
  expect([...acc!.values]).toEqual([1, Number.NaN, 0, Number.NaN]);
  expect(acc).toMatchObject({ metric: 'acc', taskHash: choices.summary.hash });
});

test('bits per byte and perplexities are ratios of sums, not means of ratios', () => {
  const logprobs: Readonly<Record<string, number>> = { a: -7, b: -12, c: -1 };
  const samples = texts.docs.map((doc, index): Sample => {
    const answer = { kind: 'rolling', logprob: logprobs[doc.id]!, tokens: 3 } as const;
    return { index, docId: doc.id, answer, error: null, values: scoreDoc(texts, doc, answer) };
  });
  const score = Object.fromEntries(scoresOf(texts, samples).map((one) => [one.metric, one]));
  // 7, 6 and 1 bytes; 2, 1 and 1 words; 20 nats in all.
  expect(score.bits_per_byte!.value).toBeCloseTo(20 / 14 / Math.LN2, 12);
  expect(score.byte_perplexity!.value).toBeCloseTo(Math.exp(20 / 14), 12);
  expect(score.word_perplexity!.value).toBeCloseTo(Math.exp(20 / 4), 9);
  // Residuals against 20/14 a byte: 7 - 10, 12 - 60/7, 1 - 10/7.
  const residuals = [7 - 10, 12 - 60 / 7, 1 - 10 / 7];
  const stderr = Math.sqrt((3 / 2) * residuals.reduce((sum, r) => sum + r * r, 0)) / 14;
  expect(score.bits_per_byte!.stderr).toBeCloseTo(stderr / Math.LN2, 12);
  expect(score.byte_perplexity!.stderr).toBeCloseTo(stderr * Math.exp(20 / 14), 12);
  const bits = outcomesOf(texts, samples, 3)[0]!;
  const place = texts.docs.findIndex(({ id }) => id === 'b');
  expect(bits.values[place]).toBeCloseTo(2 / Math.LN2, 6);
});

test('the stderr of a ratio with equal weights is that of the mean', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 2, maxLength: 40 }), (values) => {
      const docs = values.map((value) => ({ value, parts: { weight: 3 } }));
      expect(aggregationOf('bits_per_byte').value(docs)).toBeCloseTo(aggregationOf('mean').value(docs), 8);
      expect(aggregationOf('bits_per_byte').stderr(docs)).toBeCloseTo(aggregationOf('mean').stderr(docs), 8);
    }),
  );
});

test('f1 and Matthews correlation from the table of classes', () => {
  const docs = (
    [
      [1, 1],
      [1, 1],
      [1, 0],
      [0, 1],
      [0, 0],
      [0, 0],
      [0, 0],
    ] as const
  ).map(([gold, predicted]) => ({
    value: Number(gold === predicted),
    parts: { gold, predicted },
  }));
  expect(aggregationOf('f1').value(docs)).toBeCloseTo((2 * 2) / (2 * 2 + 1 + 1), 12);
  // (2 x 3 - 1 x 1) / sqrt(3 x 3 x 4 x 4)
  expect(aggregationOf('matthews_corrcoef').value(docs)).toBeCloseTo(5 / 12, 12);
  // Leave-one-out, by hand of the definition.
  const loo = docs.map((_, i) => aggregationOf('matthews_corrcoef').value(docs.filter((_, j) => j !== i)));
  const mean = loo.reduce((a, b) => a + b) / 7;
  const expected = Math.sqrt((6 / 7) * loo.reduce((sum, value) => sum + (value - mean) ** 2, 0));
  expect(aggregationOf('matthews_corrcoef').stderr(docs)).toBeCloseTo(expected, 12);
  expect(aggregationOf('f1').value([{ value: 1, parts: { gold: 0, predicted: 0 } }])).toBe(0);
});

test('capabilities are means over tasks, each once; probes stand apart', async () => {
  const other = await loadOne({
    'b.yaml': choiceTask('capabilities: [basic.reasoning.logic, basic.reasoning.math]', 'shapes'),
    'docs.jsonl': choiceDocs(8),
  });
  const rolling = texts.docs.map((doc, index): Sample => {
    const answer = { kind: 'rolling', logprob: -5, tokens: 3 } as const;
    return { index, docId: doc.id, answer, error: null, values: scoreDoc(texts, doc, answer) };
  });
  const { capabilities } = measureCheckpoint([
    { task: choices, docs: 4, samples: samplesOf(choices, [true, true, true, false]) },
    { task: other, docs: 2, samples: samplesOf(other, [true, false]) },
    { task: texts, docs: 3, samples: rolling },
  ]);
  const node = Object.fromEntries(capabilities.map((one) => [one.capability, one]));
  expect(Object.keys(node).sort()).toEqual([
    '*',
    'basic',
    'basic.reasoning',
    'basic.reasoning.logic',
    'basic.reasoning.math',
    'probe.lm',
    'probe.lm.gold',
  ]);
  expect(node['basic.reasoning.logic']!.value).toBe(0.5);
  // Two tasks weigh the same whatever their size: (0.75 + 0.5) / 2.
  for (const id of ['basic.reasoning.math', 'basic.reasoning', 'basic', '*'])
    expect(node[id]!.value).toBeCloseTo(0.625, 12);
  expect(node['*']!.stderr).toBeCloseTo(Math.sqrt(0.25 ** 2 + 0.5 ** 2) / 2, 12);
  expect(node['*']!.n).toBe(6);
  expect(node['*']!.members).toEqual([
    { name: 'colours', metric: 'acc', value: 0.75, stderr: 0.25, n: 4, weight: 0.5 },
    { name: 'shapes', metric: 'acc', value: 0.5, stderr: 0.5, n: 2, weight: 0.5 },
  ]);
  expect(node['probe.lm']!.members.map(({ metric }) => metric)).toEqual(['bits_per_byte']);
});

test('a node that lacks a task is a gap, and another set of tasks another segment', async () => {
  const other = await loadOne({
    'b.yaml': choiceTask('capabilities: [basic.reasoning.logic]', 'shapes'),
    'docs.jsonl': choiceDocs(8),
  });
  const slice = { task: choices, docs: 4, samples: samplesOf(choices, [true, true, true, false]) };
  const all = measureCheckpoint([slice, { task: other, docs: 2, samples: samplesOf(other, [true, false]) }]);
  const lacking = measureCheckpoint([slice], [{ task: other, reason: 'the engine said no' }]);
  const without = measureCheckpoint([slice]);
  const wholeOf = ({ capabilities }: typeof all) => capabilities.find(({ capability }) => capability === '*')!;
  expect(wholeOf(lacking)).toMatchObject({
    value: Number.NaN,
    missing: [{ name: 'shapes', reason: 'the engine said no' }],
  });
  expect(wholeOf(lacking).segment).toBe(wholeOf(all).segment);
  expect(wholeOf(without)).toMatchObject({ value: 0.75, missing: [] });
  expect(wholeOf(without).segment).not.toBe(wholeOf(all).segment);
  // A leaf of which nothing was measured is no node, and one that lacks nothing is still a number.
  expect(lacking.capabilities.find(({ capability }) => capability === 'basic.reasoning.logic')).toBeUndefined();
  expect(lacking.capabilities.find(({ capability }) => capability === 'basic.reasoning.math')!.value).toBe(0.75);
});

test('each score knows where it comes from', async () => {
  const load = (more: string, docs = 8) =>
    loadOne({
      'b.yaml': choiceTask(`capabilities: [basic.reasoning.logic]\n${more}`, 'shapes'),
      'docs.jsonl': choiceDocs(docs),
    });
  const model = { engine: 'e', engineVersion: '1', dtype: 'float32', device: 'cpu', maxLength: null, isVerified: true };
  const on = { fingerprint: 'f', model, libraVersion: '9' };
  const of = (task: Awaited<ReturnType<typeof load>>) =>
    provenanceOf({ task, docs: 2, samples: samplesOf(task, [true, false]) }, on);
  const plain = of(await load(''));
  expect(plain).toMatchObject({
    task: 'shapes',
    docs: { asked: 2, answered: 2, of: 8 },
    fewshot: { shots: 0, seed: null, split: null },
    filters: { none: [] },
    fingerprint: 'f',
    engineVersion: '1',
  });
  const described = of(await load('description: Think.'));
  expect(described.promptHash).not.toBe(plain.promptHash);
  expect(described.dataHash).toBe(plain.dataHash);
  const shorter = of(await load('', 7));
  expect(shorter.promptHash).toBe(plain.promptHash);
  expect(shorter.dataHash).not.toBe(plain.dataHash);
});

test('a slice with more than 0.5 % of failed docs says little', () => {
  expect(hasTooManyFailures({ n: 398, failed: 2 })).toBe(false);
  expect(hasTooManyFailures({ n: 397, failed: 3 })).toBe(true);
});

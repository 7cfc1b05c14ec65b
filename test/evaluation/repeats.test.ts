/** Several answers to each doc: filtered together, scored as the harness scores them, kept within bounds. */
import { expect, test } from 'vitest';
import type { Sample } from '../../src/domain/sample.ts';
import { evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import { harnessSamples } from '../../src/evaluation/results/results-samples.ts';
import { planSlice } from '../fakes/plan-slice.ts';
import { scriptedModel } from '../fakes/scripted-model.ts';
import { loadOne } from '../fakes/task-files.ts';
import { scratchStore, withCheckpoints } from '../store/scratch.ts';

/** The pipelines of the harness's gsm8k_cot_self_consistency, over eight answers. */
const SELF_CONSISTENCY = `task: sums
dataset_path: json
dataset_kwargs: { data_files: { test: docs.jsonl } }
test_split: test
doc_to_text: q
doc_to_target: a
repeats: 8
generation_kwargs: { until: ["Q:"], do_sample: true, temperature: 0.2 }
filter_list:
  - name: score-first
    filter: [{ function: regex, regex_pattern: "The answer is (\\\\-?[0-9]+)" }, { function: take_first }]
  - name: maj@8
    filter: [{ function: regex, regex_pattern: "The answer is (\\\\-?[0-9]+)" }, { function: majority_vote }, { function: take_first }]
  - name: maj@3
    filter: [{ function: take_first_k, k: 3 }, { function: regex, regex_pattern: "The answer is (\\\\-?[0-9]+)" }, { function: majority_vote }, { function: take_first }]
  - name: all
    filter: [{ function: regex, regex_pattern: "The answer is (\\\\-?[0-9]+)" }]
metric_list: [{ metric: exact_match }]
`;

async function answered(
  texts: readonly string[],
  yaml = SELF_CONSISTENCY,
): Promise<{ sample: Sample; line: (name: string) => object }> {
  const task = await loadOne({ 'a.yaml': yaml, 'docs.jsonl': [{ id: 'd', q: 'Q: 1 + 1? A:', a: '2' }] });
  let at = 0;
  const model = scriptedModel({ text: () => texts[at++]! });
  for await (const { samples } of evaluatePlan({ plan: [{ task, docs: 1 }], model })) {
    const lines = harnessSamples({ task, docs: 1, samples });
    return { sample: samples[0]!, line: (name) => lines.find(({ filter }) => filter === name)! };
  }
  throw new Error('nothing was answered');
}

const says = (...numbers: readonly (number | string)[]) => numbers.map((number) => `So. The answer is ${number}.`);

test('filters choose among all answers of a doc, each pipeline in its own way', async () => {
  const { sample, line } = await answered(says(3, 2, 3, 2, 2, 7, 2, 'unknown'));
  expect(sample.values).toEqual({
    'exact_match,score-first': 0,
    'exact_match,maj@8': 1,
    'exact_match,maj@3': 0,
    'exact_match,all': 0.5,
  });
  expect(line('maj@3')).toMatchObject({ filtered_resps: ['3'], resps: [says(3, 2, 3, 2, 2, 7, 2, 'unknown')] });
  expect(line('all')).toMatchObject({ filtered_resps: [['3', '2', '3', '2', '2', '7', '2', '[invalid]']] });
});

test('of answers given equally often the one given first wins', async () => {
  const { sample } = await answered(says(2, 5, 5, 2, 1, 3, 4, 6));
  expect(sample.values['exact_match,maj@8']).toBe(1);
});

test('more answers than are asked for can not be taken', async () => {
  await expect(answered([], SELF_CONSISTENCY.replace('k: 3', 'k: 9'))).rejects.toThrow(/takes 9 answers/);
});

test('all answers are stored with their doc and come back', async () => {
  const { sample } = await answered(says(3, 2, 3, 2, 2, 7, 2, 8));
  const scratch = scratchStore();
  const [checkpoint] = withCheckpoints(scratch, 100) as [string];
  const { plans, evaluations, answers } = scratch.store;
  plans.add({
    id: 'plan-e',
    checkpoint,
    strategy: 'fixed',
    slices: [planSlice({ task: 'sums', docs: 1 })],
    leftOut: [],
  });
  evaluations.add({ id: 'e', checkpoint, plan: 'plan-e' });
  answers.append('e', 'sums', [sample]);
  expect(answers.ofEvaluation('e', 'sums')).toEqual([sample]);
});

test('megabytes are scored as a whole and kept in part, with what was left out', async () => {
  const flood = `${'x'.repeat(3e6)} The answer is 2`;
  const { sample, line } = await answered([flood, ...says(1, 1, 1, 1, 1, 1, 1)]);
  expect(sample.values['exact_match,score-first']).toBe(1);
  expect(JSON.stringify(sample).length).toBeLessThan(70_000);
  expect(sample.answer).toMatchObject({ dropped: flood.length - 8192 });
  expect(line('score-first')).toMatchObject({ libra_characters_dropped: flood.length - 8192 });
});

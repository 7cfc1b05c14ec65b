/** Robustness from answers that are known, so that every number can be worked out by hand. */
import { expect, test } from 'vitest';
import type { Sample } from '../../src/domain/sample.ts';
import { evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import { perturbTasks } from '../../src/evaluation/perturbing/perturb-tasks.ts';
import { type AnsweredSlice, measureCheckpoint } from '../../src/evaluation/scoring/aggregate.ts';
import { meanRobustness } from '../../src/evaluation/scoring/robustness.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { type Script, scriptedModel } from '../fakes/scripted-model.ts';
import { loadOne } from '../fakes/task-files.ts';

/** Doc i asks for its own number; a model that reads capitals differently can be written down exactly. */
const docs = Array.from({ length: 8 }, (_, i) => ({ id: `d${i}`, question: `Say number ${i}`, answer: String(i) }));
const YAML = `task: numbers
dataset_path: json
dataset_kwargs: { data_files: { test: docs.jsonl } }
test_split: test
doc_to_text: question
doc_to_target: answer
metric_list: [{ metric: exact_match }]
capabilities: [basic.reasoning.math]
paraphrases: ["{{question}}, please"]
`;
const plain = await loadOne({ 'a.yaml': YAML, 'docs.jsonl': docs });

async function ask(tasks: readonly Task[], script: Script, count = 1000) {
  const model = scriptedModel(script);
  const samples: Sample[][] = tasks.map(() => []);
  const plan = tasks.map((task) => ({ task, docs: count }));
  for await (const batch of evaluatePlan({ plan, model })) samples[batch.place]!.push(...batch.samples);
  const slices = tasks.map(
    (task, place): AnsweredSlice => ({ task, docs: Math.min(count, task.docs.length), samples: samples[place]! }),
  );
  return { model, slices, measured: measureCheckpoint(slices) };
}

/** Right on the original but for 0; right in lower case for 0 to 4; right when asked politely for 3 to 7. */
const knows = ({ context }: { context: string }): string => {
  const number = Number(/\d/.exec(context)![0]);
  const isRight = context.endsWith('please') ? number >= 3 : context.startsWith('S') ? number > 0 : number <= 4;
  return isRight ? String(number) : 'no';
};

test('mean, worst case, drop and its paired error are those worked out by hand', async () => {
  const { tasks } = await perturbTasks([plain], { perturbations: ['lower_case', 'paraphrase'], docs: 100, seed: 1 });
  const { measured } = await ask(tasks, { text: knows });
  const score = (metric: string) => measured.scores.find((one) => one.metric === metric)!;
  expect(score('exact_match')).toMatchObject({ task: 'numbers', value: 7 / 8 });
  // Lower case: right 0-4. Worst of both: 1-4. Differences: 0 -> -1, 1-4 -> 0, 5-7 -> +1: mean 2/8, variance (8 x 4/8 - 8 x 1/16) / 7 = 1/2.
  expect(score('robustness.mean,lower_case')).toMatchObject({ value: 5 / 8, n: 8, family: 'robustness' });
  expect(score('robustness.worst_case,lower_case')).toMatchObject({ value: 4 / 8, higherIsBetter: true });
  expect(score('robustness.drop,lower_case')).toMatchObject({ value: 2 / 8, higherIsBetter: false });
  expect(score('robustness.drop,lower_case').stderr).toBeCloseTo(Math.sqrt(0.5 / 8), 12);
  // An unpaired error would be larger: each mean's own is about 0.12 and 0.18.
  expect(score('robustness.mean,lower_case').stderr).toBeCloseTo(Math.sqrt(((5 / 8) * (3 / 8)) / 7), 12);
  // Politely: right 3-7; worst of both: 3-7.
  expect(score('robustness.mean,paraphrase').value).toBe(5 / 8);
  expect(score('robustness.worst_case,paraphrase').value).toBe(5 / 8);
  // Together: worst of three is right for 3 and 4; a doc's mean is 1/2, 1/2, 1/2, 1, 1, 1/2, 1/2, 1/2.
  expect(score('robustness.worst_case').value).toBe(2 / 8);
  expect(score('robustness.mean').value).toBe(5 / 8);
  // Differences -1/2, 1/2, 1/2, 0, 0, 1/2, 1/2, 1/2: mean 1/4, variance (6/4 - 8/16) / 7 = 1/7.
  expect(score('robustness.drop').value).toBe(1 / 4);
  expect(score('robustness.drop').stderr).toBeCloseTo(Math.sqrt(1 / 7 / 8), 12);

  const worst = measured.outcomes.find(({ metric }) => metric === 'robustness.worst_case')!;
  expect(worst.task).toBe('numbers');
  expect([...worst.values]).toEqual(plain.docs.map(({ fields }) => Number(['3', '4'].includes(String(fields.answer)))));
  expect(worst.taskHash).toBe(score('robustness.worst_case').taskHash);
  expect(new Set([worst.taskHash, plain.summary.hash, score('robustness.drop,paraphrase').taskHash]).size).toBe(3);

  // Variants are no tasks of their own here: no scores, and nothing of them in the tree.
  expect(new Set(measured.scores.map(({ task }) => task))).toEqual(new Set(['numbers']));
  expect(measured.capabilities.find(({ capability }) => capability === 'basic.reasoning.math')).toMatchObject({
    value: 7 / 8,
    members: [{ name: 'numbers', weight: 1 }],
  });
  expect(tasks[0]!.summary.metrics.map(({ metric, family }) => [metric, family])).toContainEqual([
    'robustness.drop,lower_case',
    'robustness',
  ]);
  expect(tasks[0]!.summary).toMatchObject({ primaryMetric: 'exact_match', hash: plain.summary.hash });
});

test('one doc has no error, and docs without an answer to one way of asking count nowhere', async () => {
  const { tasks } = await perturbTasks([plain], { perturbations: ['lower_case'], docs: 1, seed: 1 });
  const { measured } = await ask(tasks, { text: knows });
  const drop = measured.scores.find(({ metric }) => metric === 'robustness.drop,lower_case')!;
  expect(drop).toMatchObject({ n: 1, failed: 0, stderr: Number.NaN });

  const more = await perturbTasks([plain], { perturbations: ['lower_case'], docs: 6, seed: 1 });
  const { slices } = await ask(more.tasks, { text: knows });
  const [original, variant] = slices as [AnsweredSlice, AnsweredSlice];
  const lost = {
    ...variant,
    samples: variant.samples.map((one) => (one.index === 2 ? { ...one, answer: null, values: {} } : one)),
  };
  const { scores, outcomes } = measureCheckpoint([original, lost]);
  for (const kind of ['mean', 'worst_case', 'drop']) {
    expect(scores.find(({ metric }) => metric === `robustness.${kind}`)).toMatchObject({ n: 5, failed: 1 });
  }
  const worst = outcomes.find(({ metric }) => metric === 'robustness.worst_case')!;
  expect(worst.values).toHaveLength(6);
  expect(worst.values[2]).toBeNaN();
  const nothing = measureCheckpoint([original, { ...variant, samples: [] }]).scores;
  expect(nothing.find(({ metric }) => metric === 'robustness.drop')).toMatchObject({
    value: Number.NaN,
    n: 0,
    failed: 6,
  });
});

test('nothing is asked twice: a doc that a perturbation leaves alone has its answer already', async () => {
  const half = docs.map((doc, i) => (i % 2 === 0 ? doc : { ...doc, question: doc.question.toLowerCase() }));
  const task = await loadOne({ 'a.yaml': YAML, 'docs.jsonl': half });
  const { tasks } = await perturbTasks([task], { perturbations: ['lower_case'], docs: 100, seed: 1 });
  expect(tasks[1]!.summary.variant!.changed).toBe(4);
  const { model, measured } = await ask(tasks, { text: knows });
  const asked = model.calls.flat().map((request) => ('context' in request ? request.context : ''));
  expect(asked).toHaveLength(12);
  expect(new Set(asked).size).toBe(12);
  expect(measured.scores.find(({ metric }) => metric === 'robustness.drop')).toMatchObject({ n: 8 });
});

test('a metric where less is better drops when it rises, and the worst is the largest', async () => {
  const yaml = YAML.replace('metric: exact_match', 'metric: exact_match, higher_is_better: false');
  const task = await loadOne({ 'a.yaml': yaml, 'docs.jsonl': docs });
  const { tasks } = await perturbTasks([task], { perturbations: ['lower_case'], docs: 100, seed: 1 });
  const { measured } = await ask(tasks, { text: knows });
  const value = (kind: string) => measured.scores.find(({ metric }) => metric === `robustness.${kind}`)!.value;
  expect([value('mean'), value('worst_case'), value('drop')]).toEqual([5 / 8, 1, -2 / 8]);
});

test('the mean over tasks adds variances', async () => {
  const other = await loadOne({
    'a.yaml': YAML.replace('task: numbers', 'task: others'),
    'docs.jsonl': docs.slice(0, 4),
  });
  const { tasks } = await perturbTasks([plain, other], { perturbations: ['lower_case'], docs: 100, seed: 1 });
  const { measured } = await ask(tasks, { text: knows });
  const drops = measured.scores.filter(({ metric }) => metric === 'robustness.drop,lower_case');
  expect(drops.map(({ value }) => value)).toEqual([2 / 8, -1 / 4]);
  const mean = meanRobustness(measured.scores).find(
    ({ metric, perturbation }) => metric === 'drop' && perturbation === 'lower_case',
  );
  expect(mean).toMatchObject({ value: 0, tasks: 2, n: 12 });
  expect(mean!.stderr).toBeCloseTo(Math.hypot(drops[0]!.stderr, drops[1]!.stderr) / 2, 12);
});

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Answer, Sample } from '../../src/domain/sample.ts';
import { writeResults } from '../../src/evaluation/results/results.ts';
import { measureCheckpoint } from '../../src/evaluation/scoring/aggregate.ts';
import { scoreDoc } from '../../src/evaluation/scoring/score-doc.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

const choices = await loadOne({ 'a.yaml': choiceTask(), 'docs.jsonl': choiceDocs(320) });

function sampled(task: Task, answerTo: (index: number) => Answer, docs = task.docs.length): Sample[] {
  return task.docs.slice(0, docs).map((doc, index) => {
    const answer = answerTo(index);
    return { index, docId: doc.id, answer, error: null, values: scoreDoc(task, doc, answer) };
  });
}

/** Two choices of which the first is taken with this probability, whatever is right. */
const firstWith =
  (p: (index: number) => number) =>
  (index: number): Answer => ({
    kind: 'choice',
    logprobs: [Math.log(p(index)) - 2, Math.log(1 - p(index)) - 2],
    isGreedy: [false, false],
  });

function byMetric(task: Task, samples: readonly Sample[]) {
  const { scores } = measureCheckpoint([{ task, docs: samples.length, samples }]);
  return Object.fromEntries(scores.map((score) => [score.metric, score]));
}

test('a choice task is measured for calibration by itself, behind its own metrics', () => {
  const p = (index: number) => 0.55 + (index % 40) / 100;
  const scores = byMetric(choices, sampled(choices, firstWith(p)));
  const right = choices.docs.map(({ fields }) => Number(fields.label === 0));
  const n = 320;
  const mean = (of: (i: number) => number) => right.reduce((sum, _, i) => sum + of(i), 0) / n;
  expect(choices.summary.primaryMetric).toBe('acc');
  expect(choices.summary.metrics.slice(0, 3).map(({ metric }) => metric)).toEqual(['acc', 'acc_norm', 'ece_10_bin']);
  expect(scores.nll!.value).toBeCloseTo(
    mean((i) => -Math.log(right[i] ? p(i) : 1 - p(i))),
    10,
  );
  expect(scores.brier!.value).toBeCloseTo(
    mean((i) => 2 * (p(i) - right[i]!) ** 2),
    10,
  );
  expect(scores.ece_1_bin!.value).toBeCloseTo(Math.abs(mean(p) - mean((i) => right[i]!)), 10);
  expect(scores.ece_10_bin!.value).toBeGreaterThanOrEqual(scores.ece_1_bin!.value - 1e-12);
  for (const id of ['ece_10_bin', 'ece_1_bin', 'brier', 'nll', 'selective_acc@10', 'selective_cov_acc_area']) {
    expect(scores[id]).toMatchObject({ family: 'uncertainty', n, reason: null, isAttached: true });
    expect(scores[id]!.stderr).toBeGreaterThan(0);
  }
  expect(scores.nll!.unit).toBe('nats');
  expect(scores['selective_acc@10']!.higherIsBetter).toBe(true);
  expect(scores.acc).toMatchObject({ family: 'accuracy', isAttached: false });
});

test('under 300 docs there is no number, and the reason is said', () => {
  const scores = byMetric(
    choices,
    sampled(
      choices,
      firstWith(() => 0.7),
      299,
    ),
  );
  for (const id of ['ece_10_bin', 'ece_1_bin', 'brier', 'nll', 'selective_acc@10', 'platt_ece_10_bin'])
    expect(scores[id]).toMatchObject({ value: Number.NaN, stderr: Number.NaN, n: 299, reason: 'under 300 docs' });
  expect(scores.acc!.reason).toBeNull();
  expect(
    byMetric(
      choices,
      sampled(
        choices,
        firstWith(() => 0.7),
        300,
      ),
    ).ece_10_bin!.value,
  ).toBeGreaterThan(0);
});

test('log-probabilities that are all zero are none', () => {
  const zeros = (): Answer => ({ kind: 'choice', logprobs: [0, 0], isGreedy: [false, false] });
  expect(byMetric(choices, sampled(choices, zeros)).ece_10_bin).toMatchObject({ n: 0, reason: 'no doc has a value' });
});

test('bits per byte of the right answers are a probe of their own', () => {
  const samples = sampled(
    choices,
    firstWith((index) => (index % 3 === 0 ? 0.9 : 0.6)),
  );
  const { scores, capabilities, outcomes } = measureCheckpoint([{ task: choices, docs: 320, samples }]);
  let [bits, bytes] = [0, 0];
  for (const { index, answer } of samples) {
    const label = choices.docs[index]!.fields.label as number;
    bits -= (answer as Extract<Answer, { kind: 'choice' }>).logprobs[label]! / Math.LN2;
    bytes += ['red', 'green'][label]!.length;
  }
  const gold = scores.find(({ metric }) => metric === 'gold_bits_per_byte')!;
  expect(gold.value).toBeCloseTo(bits / bytes, 10);
  expect(gold).toMatchObject({ higherIsBetter: false, unit: 'bits per byte', family: 'accuracy' });
  expect(capabilities.find(({ capability }) => capability === 'probe.lm.gold')!.value).toBeCloseTo(bits / bytes, 10);
  // Verdicts need outcomes, but only where they are made.
  expect(outcomes.map(({ metric }) => metric)).toEqual(['acc', 'acc_norm', 'gold_bits_per_byte']);
});

const generating = (more: string, name = 'sums') =>
  `task: ${name}\ndataset_path: json\ndataset_kwargs: {data_files: {test: docs.jsonl}}\ntest_split: test\noutput_type: generate_until\ndoc_to_text: "{{q}}"\ndoc_to_target: "{{a}}"\ngeneration_kwargs: {until: ["\\n"], max_gen_toks: 16}\nmetric_list: [{metric: exact_match}]\n${more}\n`;
const sums = Array.from({ length: 6 }, (_, i) => ({ id: `s${i}`, q: `What is ${i} + 1?`, a: String(i + 1) }));
const text = (words: string, isUnfinished = false): Answer => ({
  kind: 'text',
  text: words,
  tokens: words.length,
  ...(isUnfinished && { isUnfinished: true }),
});

test('answers that the filters find nothing in are a series of their own, and no accuracy changes for it', async () => {
  const filters =
    'filter_list: [{name: strict, filter: [{function: regex, regex_pattern: "#### (\\\\d+)", fallback: "0"}, {function: take_first}]}, {name: loose, filter: [{function: regex, regex_pattern: "(\\\\d+)"}, {function: take_first}]}]';
  const task = await loadOne({ 'a.yaml': generating(filters), 'docs.jsonl': sums });
  const answers = ['#### 0', '#### 7', 'it is 5', 'no idea', '', '#### 2'];
  const samples = sampled(task, (index) => text(answers[index]!));
  const { scores, capabilities } = measureCheckpoint([{ task, docs: 6, samples }]);
  const value = (metric: string) => scores.find((score) => score.metric === metric)!.value;
  // "#### 0" is an answer although it is the fallback too.
  expect(value('unparsed,strict')).toBeCloseTo(3 / 6, 12);
  expect(value('unparsed,loose')).toBeCloseTo(2 / 6, 12);
  expect(capabilities.find(({ capability }) => capability === 'probe.format')).toMatchObject({
    value: 0.5,
    members: [{ name: 'sums', metric: 'unparsed,strict' }],
  });
  expect(scores.find(({ metric }) => metric === 'unparsed,strict')!.higherIsBetter).toBe(false);
});

test('a task that takes answers as they are has none unparsed, and no uncertainty is made up for it', async () => {
  const task = await loadOne({ 'a.yaml': generating(''), 'docs.jsonl': sums });
  const metrics = task.attached.map(({ id }) => id);
  expect(metrics).toEqual([
    'degeneration.repetition',
    'degeneration.distinct_2',
    'degeneration.empty',
    'degeneration.cut',
    'degeneration.script',
  ]);
});

test('degeneration: repetition, empty answers, answers without an end, another script', async () => {
  const task = await loadOne({
    'a.yaml': generating(''),
    'docs.jsonl': sums.map((doc) => ({ ...doc, a: '春天来了' })),
  });
  const answers = [
    text('no no no no no no no no'),
    text('  \n'),
    text('每一句话都不相同', true),
    text('a b c d e f'),
    text('哈哈哈哈哈哈'),
    text('春天 spring'),
  ];
  const samples = sampled(task, (index) => answers[index]!);
  const { scores, capabilities } = measureCheckpoint([{ task, docs: 6, samples }]);
  const value = (metric: string) => scores.find((score) => score.metric === metric)!.value;
  // Eight words have five runs of four, one of them distinct; six characters three.
  expect(value('degeneration.repetition')).toBeCloseTo((4 / 5 + 2 / 3) / 6, 12);
  expect(value('degeneration.empty')).toBeCloseTo(1 / 6, 12);
  expect(value('degeneration.cut')).toBeCloseTo(1 / 6, 12);
  expect(value('degeneration.script')).toBeCloseTo((1 + 1 + 6 / 8) / 6, 12);
  expect(value('degeneration.distinct_2')).toBeCloseTo((1 / 7 + 1 + 1 + 1 / 5 + 1) / 5, 12);
  expect(capabilities.map(({ capability }) => capability)).toEqual([
    '*',
    'probe.degeneration',
    'probe.degeneration.cut',
    'probe.degeneration.empty',
    'probe.degeneration.script',
  ]);
});

test('a probe holds what files are labelled with; what is attached joins it only where it is the same measure', async () => {
  const labelled = await loadOne({
    'a.yaml': generating('capabilities: [probe.degeneration.empty]', 'own'),
    'docs.jsonl': sums,
  });
  const other = await loadOne({ 'a.yaml': generating(''), 'docs.jsonl': sums });
  const slices = [labelled, other].map((task) => ({ task, docs: 6, samples: sampled(task, () => text('1')) }));
  const node = measureCheckpoint(slices).capabilities.find(
    ({ capability }) => capability === 'probe.degeneration.empty',
  );
  expect(node!.members.map(({ name, metric }) => [name, metric])).toEqual([['own', 'exact_match']]);
});

test('what is attached does not change the harness’s entries of the results', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'libra-attached-'));
  try {
    const samples = sampled(
      choices,
      firstWith(() => 0.7),
      40,
    );
    const model = { engine: 'e', engineVersion: '1', dtype: 'f', device: 'cpu', maxLength: 9, isVerified: true };
    await writeResults(directory, [{ task: choices, docs: 40, samples }], {
      checkpoint: 'c',
      fingerprint: 'f',
      model,
      limit: null,
      startedAt: 0,
      seconds: 1,
      libraVersion: '0',
    });
    const written = JSON.parse(await readFile(join(directory, 'results.json'), 'utf8'));
    expect(Object.keys(written.results.colours).sort()).toEqual(
      ['acc,none', 'acc_norm,none', 'acc_norm_stderr,none', 'acc_stderr,none', 'alias', 'name', 'sample_len'].sort(),
    );
    expect(written.libra.attached.colours).toContainEqual({
      metric: 'ece_10_bin',
      family: 'uncertainty',
      value: null,
      stderr: null,
      n: 40,
      unit: 'proportion',
      higher_is_better: false,
      reason: 'under 300 docs',
    });
    const [line] = (await readFile(join(directory, 'samples_colours.jsonl'), 'utf8')).split('\n');
    expect(JSON.parse(line!).metrics).toEqual(['acc', 'acc_norm']);
  } finally {
    await rm(directory, { recursive: true });
  }
});

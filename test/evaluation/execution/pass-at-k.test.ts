/** Answers that are run: pass@k, the key `execution`, and what happens where nothing may be run. */
import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, test } from 'vitest';
import { openExecutor } from '../../../src/daemon/open-executor.ts';
import type { Execution, Sample } from '../../../src/domain/sample.ts';
import { evaluatePlan } from '../../../src/evaluation/asking/evaluate.ts';
import type { Execute } from '../../../src/evaluation/execution/executor.ts';
import { harnessSamples } from '../../../src/evaluation/results/results-samples.ts';
import { scoresOf } from '../../../src/evaluation/scoring/aggregate.ts';
import { estimatePassAt } from '../../../src/evaluation/scoring/metrics/pass-at-k.ts';
import type { Task } from '../../../src/evaluation/task.ts';
import { executor, hasSandbox } from '../../fakes/code-sandbox.ts';
import { scriptedModel } from '../../fakes/scripted-model.ts';
import { loadOne } from '../../fakes/task-files.ts';

const PATIENCE = 180_000;

test('pass@k is the share of draws of k answers of which one passes, counted one by one', () => {
  for (let n = 1; n <= 7; n++) {
    for (let passed = 0; passed <= n; passed++) {
      for (let k = 1; k <= n; k++) {
        const draws = Array.from({ length: 2 ** n }, (_, bits) => bits).filter((bits) => ones(bits) === k);
        const hits = draws.filter((bits) => (bits & (2 ** passed - 1)) !== 0);
        expect(estimatePassAt(k, n, passed)).toBeCloseTo(hits.length / draws.length, 12);
      }
    }
  }
  expect(estimatePassAt(100, 1000, 1)).toBeCloseTo(0.1, 12);
});

const ones = (bits: number): number => [...bits.toString(2)].filter((bit) => bit === '1').length;

const CODE = `task: code
dataset_path: json
dataset_kwargs: { data_files: { test: docs.jsonl } }
test_split: test
doc_to_text: prompt
doc_to_target: entry
repeats: 4
generation_kwargs: { until: ["\\nEND"], do_sample: true, temperature: 0.8 }
execution:
  language: python
  program: "{{prompt}}{{completion}}"
  check: "{{test}}"
metric_list: [{ metric: pass_at_k, k: [1, 2] }]
`;

const DOCS = [
  { id: 'one', prompt: 'def one():\n', test: 'assert one() == 1', entry: 'one' },
  { id: 'two', prompt: 'def two():\n', test: 'assert two() == 2', entry: 'two' },
];

/** Says which programs ran, and passes those that return their own number. */
function scriptedExecutor(seen: string[]): Execute {
  return async (programs) =>
    programs.map(({ text, check }): Execution => {
      seen.push(text);
      const passes = check.endsWith(`== ${/return (\d)/.exec(text)?.[1]}`);
      return passes ? { outcome: 'passed', detail: '' } : { outcome: 'failed', detail: 'AssertionError' };
    });
}

async function samplesOf(task: Task, model: ReturnType<typeof scriptedModel>, execute: Execute | null) {
  const samples: Sample[] = [];
  for await (const batch of evaluatePlan({ plan: [{ task, docs: 1000 }], model, execute })) {
    if (batch.error !== null) throw batch.error;
    samples.push(...batch.samples);
  }
  return samples;
}

test('every repeated answer is run, kept with what became of it, and counted', async () => {
  const task = await loadOne({ 'a.yaml': CODE, 'docs.jsonl': DOCS });
  const seen: string[] = [];
  let asked = 0;
  // Every second answer is right for the doc `one`, none for `two`.
  const model = scriptedModel({ text: () => `    return ${asked++ % 2}\n` });
  const samples = await samplesOf(task, model, scriptedExecutor(seen));
  expect(seen).toHaveLength(8);
  const byId = new Map(samples.map((sample) => [sample.docId, sample]));
  expect(byId.get('one')!.values).toEqual({ 'pass@1': 0.5, 'pass@2': expect.closeTo(5 / 6, 12) });
  expect(byId.get('two')!.values).toEqual({ 'pass@1': 0, 'pass@2': 0 });
  expect(byId.get('one')!.answer).toMatchObject({
    more: ['    return 1\n', '    return 0\n', '    return 1\n'],
    executions: {
      none: ['failed', 'passed', 'failed', 'passed'].map((outcome) => expect.objectContaining({ outcome })),
    },
  });
  const [pass1] = scoresOf(task, samples);
  expect(pass1).toMatchObject({ metric: 'pass@1', value: 0.25, n: 2 });
  expect(pass1!.stderr).toBeCloseTo(0.25, 12);
  const [line] = harnessSamples({ task, docs: 2, samples });
  expect(line!.resps).toEqual([['    return 0\n', '    return 1\n', '    return 0\n', '    return 1\n']]);
  expect(Object.keys(line!.arguments)).toEqual(['gen_args_0']);
});

test('sampled answers have seeds of their own, the same ones the next time', async () => {
  const task = await loadOne({ 'a.yaml': CODE, 'docs.jsonl': DOCS });
  const [first, second] = await Promise.all(
    [1, 2].map(async () => {
      const model = scriptedModel();
      await samplesOf(task, model, scriptedExecutor([]));
      return model.calls.flat().map((request) => 'seed' in request && request.seed);
    }),
  );
  expect(new Set(first).size).toBe(8);
  expect(second).toEqual(first);
});

test('greedy answers are asked once and stand for every repeat', async () => {
  const greedy = CODE.replace('do_sample: true, temperature: 0.8', 'do_sample: false');
  const task = await loadOne({ 'a.yaml': greedy, 'docs.jsonl': DOCS });
  const model = scriptedModel({ text: () => '    return 1\n' });
  const samples = await samplesOf(task, model, scriptedExecutor([]));
  expect(model.calls.flat()).toHaveLength(2);
  expect(samples.find(({ docId }) => docId === 'one')!.values).toEqual({ 'pass@1': 1, 'pass@2': 1 });
});

test('what cannot be counted or run is refused when the task is loaded', async () => {
  const load = (yaml: string) => loadOne({ 'a.yaml': yaml, 'docs.jsonl': DOCS });
  await expect(load(CODE.replace('repeats: 4', 'repeats: 1'))).rejects.toThrow(/pass@2 needs 2 answers/);
  await expect(load(CODE.replace(/execution:[\s\S]*?(?=metric_list)/, ''))).rejects.toThrow(
    /needs to know how answers are run/,
  );
  await expect(load(CODE.replace('language: python', 'language: perl'))).rejects.toThrow(/execution\.language/);
  await expect(load(CODE.replace('  check: "{{test}}"\n', ''))).rejects.toThrow(/execution\.check/);
});

test('without a sandbox, or with code switched off, such tasks are left out and the others stay', async () => {
  const task = await loadOne({ 'a.yaml': CODE, 'docs.jsonl': DOCS });
  const opened = await openExecutor([task], 'off');
  expect(opened).toMatchObject({ execute: null, tasks: [] });
  expect(opened.problems[0]!.error.code).toBe('LIBRA_SANDBOX_MISSING');
  await expect(samplesOf(task, scriptedModel(), null)).rejects.toMatchObject({ code: 'LIBRA_SANDBOX_MISSING' });
});

const HUMANEVAL = new URL('../../../../shared/data/humaneval/HumanEval.jsonl.gz', import.meta.url);
const hasData = existsSync(HUMANEVAL);
if (!hasData) console.warn('HumanEval is not tried: ../shared/data/humaneval is absent');

describe.skipIf(!hasSandbox || !hasData)('HumanEval', { timeout: PATIENCE }, () => {
  const rows = hasData
    ? gunzipSync(readFileSync(HUMANEVAL))
        .toString()
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  /** Every eighth, and those whose tests use helpers of the prompt. */
  const some = rows.filter((_, at) => at % 16 === 0 || [32, 38, 50].includes(at));
  const answers = new Map(some.map((row) => [row.prompt as string, row.canonical_solution as string]));
  const load = () =>
    loadOne({
      'a.yaml': `${readFileSync('src/evaluation/library/humaneval.yaml', 'utf8').replace('dataset_path: openai/openai_humaneval', 'dataset_path: json')}dataset_kwargs: { data_files: { test: docs.jsonl } }\n`,
      'docs.jsonl': some,
    });

  it.each([
    ['its own solutions pass', (prompt: string) => answers.get(prompt)!, 1],
    ['doing nothing fails', () => '    pass\n', 0],
    ['saying nothing fails', () => '', 0],
  ] as const)('%s', async (_name, answer, value) => {
    const task = await load();
    const samples = await samplesOf(task, scriptedModel({ text: ({ context }) => answer(context) }), executor);
    expect(samples.map(({ docId, error, values }) => [docId, error, values['pass@1']])).toEqual(
      task.docs.map(({ id }) => [id, null, value]),
    );
  });
});

describe.skipIf(!hasSandbox)('tests that are more than comparisons', { timeout: PATIENCE }, () => {
  it('may use classes of the program, change its arguments, and hand it functions', async () => {
    const { run } = await import('../../fakes/code-sandbox.ts');
    const program = `
import collections, decimal, math
class Pair:
    def __init__(self, a, b): self.a, self.b = a, b
    def __eq__(self, other): return (self.a, self.b) == (other.a, other.b)
def swapped(pair): return Pair(pair.b, pair.a)
def fill(items): items.append(3)
def twice(function, x): return function(function(x))
def count(n): yield from range(n)
def broken(): raise KeyError('x')
def many(): return [1.5, float('inf'), 2 + 3j, b'x', {1: (2, {3})}, frozenset([4]), None, 1 << 99, decimal.Decimal('0.1'), collections.Counter('aab')]`;
    const check = `
import decimal
pair = Pair(1, 2)
pair.a = 5
assert swapped(pair).b == 5 and swapped(Pair(1, 2)) == Pair(2, 1) and not swapped(Pair(1, 2)) == Pair(1, 2)
items = [1]
fill(items)
assert items == [1, 3]
assert twice(lambda x: x + 1, 1) == 3
assert list(count(3)) == [0, 1, 2] and sum(count(4)) == 6
assert many() == [1.5, float('inf'), 2 + 3j, b'x', {1: (2, {3})}, frozenset([4]), None, 1 << 99, decimal.Decimal('0.1'), {'a': 2, 'b': 1}]
assert math.sqrt(4) == 2
try:
    broken()
except KeyError: pass
else: raise AssertionError`;
    expect(await run(program, check)).toEqual({ outcome: 'passed', detail: '' });
  });

  it('holds SQL against the rows of the right query', async () => {
    const { run } = await import('../../fakes/code-sandbox.ts');
    const sql = (text: string, check = 'select name from city where size > 1') =>
      run(text, check, {
        language: 'sql',
        prelude: "create table city(name, size); insert into city values ('a', 1), ('b', 2), ('c', 3);",
      });
    expect(await sql('select name from city where size >= 2 order by size desc')).toMatchObject({ outcome: 'passed' });
    expect(await sql('select name from city')).toMatchObject({ outcome: 'failed' });
    expect(await sql('drop table city')).toMatchObject({ outcome: 'failed' });
    expect(await sql('select nothing')).toMatchObject({ outcome: 'failed', detail: expect.stringMatching(/nothing/) });
    const endless = 'with recursive n(i) as (select 1 union all select i from n) select max(i) from n';
    expect(await sql(endless)).toMatchObject({ outcome: 'timeout' });
    expect(await sql('select 1', 'select from')).toMatchObject({ outcome: 'unusable' });
    expect(
      await sql('select name from city where size > 1', 'select name from city where size > 1 order by size desc'),
    ).toMatchObject({ outcome: 'failed' });
  });
});

import { expect, test } from 'vitest';
import { LibraError } from '../../src/domain/errors.ts';
import type { Sample } from '../../src/domain/sample.ts';
import { type AnsweredBatch, type EvaluatePlanOptions, evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { HttpError } from '../../src/system/http.ts';
import { scriptedModel } from '../fakes/scripted-model.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

const task = await loadOne({ 'a.yaml': choiceTask(), 'docs.jsonl': choiceDocs(25) });
const prefersGreen = { logprob: ({ continuation }: { continuation: string }) => (continuation === ' green' ? -1 : -2) };

type OneTask = { readonly task: Task; readonly docs: number | readonly number[] };

const refusal = new HttpError('status', 'too long', {
  code: 'LIBRA_ENGINE_FAILED',
  hint: '',
  reply: { status: 400, headers: {}, text: '' },
});

const indexes = (start: number, end: number) => Array.from({ length: end - start }, (_, at) => start + at);

/** One task alone, a batch at a time unless said otherwise. */
async function* evaluateTask({
  task,
  docs,
  ...options
}: OneTask & Omit<EvaluatePlanOptions, 'plan'>): AsyncGenerator<readonly Sample[]> {
  const { batchDocs = 48 } = options;
  for await (const { samples, error } of evaluatePlan({
    openDocs: batchDocs,
    ...options,
    plan: [{ task, docs }],
  })) {
    if (error !== null) throw error;
    yield samples;
  }
}

async function collect<T>(batches: AsyncIterable<T>): Promise<T[]> {
  const all = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

test('batches come in doc order; the choices of a doc are neighbours with one context', async () => {
  const model = scriptedModel(prefersGreen);
  const batches = await collect(evaluateTask({ task, docs: 20, model, batchDocs: 8 }));
  expect(batches.map((batch) => batch.length)).toEqual([7, 7, 6]);
  const samples = batches.flat();
  expect(samples.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(samples.map(({ docId }) => docId)).toEqual(task.docs.slice(0, 20).map(({ id }) => id));
  expect(samples[3]).toMatchObject({
    answer: { kind: 'choice', logprobs: [-2, -1] },
    error: null,
    values: { acc: task.docs[3]!.fields.label, acc_norm: task.docs[3]!.fields.label },
  });
  expect(
    model.calls[0]!.slice(0, 4).map((request) => 'continuation' in request && [request.context, request.continuation]),
  ).toEqual([
    [task.docs[0]!.fields.q, ' red'],
    [task.docs[0]!.fields.q, ' green'],
    [task.docs[1]!.fields.q, ' red'],
    [task.docs[1]!.fields.q, ' green'],
  ]);
});

test('going on in the middle asks the rest and nothing else', async () => {
  const whole = (
    await collect(evaluateTask({ task, docs: 25, model: scriptedModel(prefersGreen), batchDocs: 7 }))
  ).flat();
  const model = scriptedModel(prefersGreen);
  const rest = (await collect(evaluateTask({ task, docs: indexes(14, 25), model, batchDocs: 7 }))).flat();
  expect([...whole.slice(0, 14), ...rest]).toEqual(whole);
  expect(model.calls.flat()).toHaveLength(22);
  const none = scriptedModel();
  expect(await collect(evaluateTask({ task, docs: indexes(25, 25), model: none }))).toEqual([]);
  expect(none.calls).toEqual([]);
});

test('docs are asked by their indexes; those the data do not have are nothing to ask', async () => {
  const whole = (await collect(evaluateTask({ task, docs: 25, model: scriptedModel(prefersGreen) }))).flat();
  const some = (
    await collect(
      evaluateTask({ task, docs: [3, 4, 20, 11, 25, 90], model: scriptedModel(prefersGreen), batchDocs: 2 }),
    )
  ).flat();
  expect(some).toEqual([3, 4, 20, 11].map((index) => whole[index]));
});

test('a task that fails is not asked at its later places either; others are', async () => {
  const plan = [
    { task, docs: 10 },
    { task: other, docs: 5 },
    { task, docs: indexes(10, 20) },
  ];
  const model = scriptedModel({ gate: async (call) => (call === 1 ? Promise.reject(refusal) : undefined) });
  const batches = await collect(evaluatePlan({ plan, model }));
  expect(batches.map(({ place, samples, error }) => [place, samples.length, error !== null])).toEqual([
    [0, 0, true],
    [1, 5, false],
  ]);
});

test('no batch is asked before the one before it was taken', async () => {
  const model = scriptedModel();
  const batches = evaluateTask({ task, docs: 24, model, batchDocs: 8 });
  await batches.next();
  expect(model.calls).toHaveLength(1);
  await batches.next();
  expect(model.calls).toHaveLength(2);
});

test('more docs than there are means all', async () => {
  const samples = (await collect(evaluateTask({ task, docs: 1000, model: scriptedModel() }))).flat();
  expect(samples).toHaveLength(25);
});

test('an answer that is not finite is a failed doc, the others go on', async () => {
  const broken = task.docs[2]!.fields.q;
  const model = scriptedModel({ logprob: ({ context }) => (context === broken ? Number.NaN : -1) });
  const samples = (await collect(evaluateTask({ task, docs: 5, model }))).flat();
  expect(samples[2]).toMatchObject({ answer: null, values: {} });
  expect(samples[2]!.error).toMatch(/not a number/);
  expect(samples.filter(({ answer }) => answer !== null)).toHaveLength(4);
});

test('a doc the template does not fit fails alone, and its neighbours keep their own answers', async () => {
  const docs = choiceDocs(6).map((doc, i) => (i === 3 ? { ...doc, choices: null } : doc));
  const uneven = await loadOne({ 'a.yaml': choiceTask(), 'docs.jsonl': docs });
  const model = scriptedModel({
    logprob: ({ context, continuation }) => -Number(context.match(/\d+/)![0]) - continuation.length,
  });
  const samples = (await collect(evaluateTask({ task: uneven, docs: 6, model }))).flat();
  for (const sample of samples) {
    const number = Number(sample.docId.slice(1));
    if (number === 3) expect(sample.error).toMatch(/can't be asked/);
    else expect(sample.answer).toMatchObject({ logprobs: [-number - 4, -number - 6] });
  }
});

test('a failing engine rejects, an abort stops before the next batch', async () => {
  const failing = scriptedModel({
    gate: () => Promise.reject(new LibraError('LIBRA_ENGINE_FAILED', 'gone', { hint: '' })),
  });
  await expect(collect(evaluateTask({ task, docs: 9, model: failing }))).rejects.toMatchObject({
    code: 'LIBRA_ENGINE_FAILED',
  });
  const stopping = new AbortController();
  const model = scriptedModel();
  const batches = evaluateTask({ task, docs: 24, model, batchDocs: 8, signal: stopping.signal });
  await batches.next();
  stopping.abort();
  await expect(batches.next()).rejects.toThrow(/abort/i);
  expect(model.calls).toHaveLength(1);
});

test('an engine that loses answers is found out', async () => {
  const model = { ...scriptedModel(), loglikelihood: async () => [{ logprob: -1, isGreedy: true, tokens: 1 }] };
  await expect(collect(evaluateTask({ task, docs: 3, model }))).rejects.toThrow(/1 answers to 6 requests/);
});

const other = await loadOne({ 'b.yaml': choiceTask('', 'other'), 'docs.jsonl': choiceDocs(60).slice(40) });
const same = await loadOne({
  'c.yaml': choiceTask('metric_list: [{metric: acc_norm}]', 'same'),
  'docs.jsonl': choiceDocs(25),
});
const nothing = (batches: readonly AnsweredBatch[]) => batches.filter(({ error }) => error === null);

test('the next batches are under way before the oldest is answered, over the border of tasks, and no more than allowed', async () => {
  const started: number[] = [];
  let open = () => {};
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const model = scriptedModel({
    gate: (call) => {
      started.push(call);
      return gate;
    },
  });
  const plan = [
    { task, docs: 10 },
    { task: other, docs: 20 },
  ];
  const batches = evaluatePlan({ plan, model, batchDocs: 10, openDocs: 20 });
  const first = batches.next();
  await new Promise((resolve) => setImmediate(resolve));
  // 10 docs of the first task and 10 of the second; the other 10 must wait.
  expect(started).toEqual([1, 2]);
  open();
  expect((await first).value).toMatchObject({ place: 0 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(started).toEqual([1, 2]);
  expect((await batches.next()).value).toMatchObject({ place: 1 });
  expect(started).toEqual([1, 2, 3]);
  expect(model.calls.map((call) => new Set(call.map((one) => 'context' in one && one.context)).size)).toEqual([
    10, 10, 10,
  ]);
});

test('scores are the same whatever the batches and their order of arrival', async () => {
  const plan = [
    { task, docs: 25 },
    { task: other, docs: 20 },
  ];
  const logprob = ({ context, continuation }: { context: string; continuation: string }) =>
    -context.length / 7 - continuation.length;
  const byTask = (batches: readonly AnsweredBatch[]) =>
    plan.map((_, at) => batches.filter(({ place }) => place === at).flatMap(({ samples }) => samples));
  const calm = byTask(await collect(evaluatePlan({ plan, model: scriptedModel({ logprob }) })));
  // The later a call, the sooner its answer.
  const gate = async (call: number) => {
    for (let turn = 0; turn < 40 - 5 * call; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const model = scriptedModel({ logprob, gate });
  expect(byTask(await collect(evaluatePlan({ plan, model, batchDocs: 4, openDocs: 30 })))).toEqual(calm);
  expect(calm.map((samples) => samples.map(({ index }) => index))).toEqual(
    plan.map(({ docs }) => Array.from({ length: docs }, (_, i) => i)),
  );
});

test('a question is asked once however many docs ask it, also while it is under way', async () => {
  const model = scriptedModel(prefersGreen);
  const plan = [
    { task, docs: 25 },
    { task: same, docs: 25 },
  ];
  const batches = await collect(evaluatePlan({ plan, model, batchDocs: 25, openDocs: 50 }));
  expect(model.calls.flat()).toHaveLength(50);
  expect(batches.map(({ counts }) => [counts.asked, counts.repeated])).toEqual([
    [50, 0],
    [0, 50],
  ]);
  expect(batches[1]!.samples.map(({ answer }) => answer)).toEqual(batches[0]!.samples.map(({ answer }) => answer));
});

const drawn = async (temperature: number) =>
  loadOne({
    'a.yaml': `task: drawn
dataset_path: json
dataset_kwargs: {data_files: {test: docs.jsonl}}
test_split: test
doc_to_text: "say"
doc_to_target: q
generation_kwargs: {until: ["."], max_gen_toks: 4, do_sample: ${temperature > 0}, temperature: ${temperature}.0, seed: 7}
`,
    'docs.jsonl': choiceDocs(6),
  });

test('what is drawn by lot is asked for every doc, what is certain once', async () => {
  const lots = scriptedModel();
  await collect(evaluatePlan({ plan: [{ task: await drawn(1), docs: 6 }], model: lots }));
  expect(lots.calls.flat()).toHaveLength(6);
  const certain = scriptedModel();
  await collect(evaluatePlan({ plan: [{ task: await drawn(0), docs: 6 }], model: certain }));
  expect(certain.calls.flat()).toHaveLength(1);
});

test('a task the engine refuses is lost alone; an engine that is lost ends everything', async () => {
  const plan = [
    { task, docs: 25 },
    { task: other, docs: 20 },
  ];
  const refuses = scriptedModel({ gate: async (call) => (call === 2 ? Promise.reject(refusal) : undefined) });
  const batches = await collect(evaluatePlan({ plan, model: refuses, batchDocs: 10 }));
  expect(batches.filter(({ error }) => error !== null)).toEqual([
    expect.objectContaining({ place: 0, error: refusal, samples: [] }),
  ]);
  const kept = nothing(batches).map(({ place, samples }) => [place, samples.length]);
  // Nothing of the failed task follows its failure: what is kept of it has no gap.
  expect(kept).toEqual([
    [0, 9],
    [1, 10],
    [1, 10],
  ]);
  const lost = scriptedModel({
    gate: async (call) =>
      call === 2 ? Promise.reject(new LibraError('LIBRA_ENGINE_FAILED', 'gone', { hint: '' })) : undefined,
  });
  await expect(collect(evaluatePlan({ plan, model: lost, batchDocs: 10 }))).rejects.toThrow('gone');
});

test('whoever stops listening calls off what is under way', async () => {
  const signals: AbortSignal[] = [];
  const model = scriptedModel({
    gate: async (call, signal) => {
      signals.push(signal!);
      if (call > 1) await new Promise(() => {});
    },
  });
  for await (const { samples } of evaluatePlan({ plan: [{ task, docs: 25 }], model, batchDocs: 10 })) {
    expect(samples).toHaveLength(9);
    break;
  }
  expect(signals.length).toBe(2);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});

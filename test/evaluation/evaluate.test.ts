import { expect, test } from 'vitest';
import { LibraError } from '../../src/domain/errors.ts';
import type { Sample } from '../../src/domain/sample.ts';
import { evaluateTask } from '../../src/evaluation/evaluate.ts';
import { scriptedModel } from '../fakes/scripted-model.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

const task = await loadOne({ 'a.yaml': choiceTask(), 'docs.jsonl': choiceDocs(25) });
const prefersGreen = { logprob: ({ continuation }: { continuation: string }) => (continuation === ' green' ? -1 : -2) };

async function collect(batches: AsyncIterable<readonly Sample[]>): Promise<(readonly Sample[])[]> {
  const all = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

test('batches come in doc order; the choices of a doc are neighbours with one context', async () => {
  const model = scriptedModel(prefersGreen);
  const seen: number[] = [];
  const batches = await collect(
    evaluateTask({ task, docs: 20, model, batchDocs: 8, onBatch: (done) => seen.push(done) }),
  );
  expect(batches.map((batch) => batch.length)).toEqual([8, 8, 4]);
  expect(seen).toEqual([8, 16, 20]);
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
  const rest = (await collect(evaluateTask({ task, docs: 25, model, startAt: 14, batchDocs: 7 }))).flat();
  expect([...whole.slice(0, 14), ...rest]).toEqual(whole);
  expect(model.calls.flat()).toHaveLength(22);
  const none = scriptedModel();
  expect(await collect(evaluateTask({ task, docs: 25, model: none, startAt: 25 }))).toEqual([]);
  expect(none.calls).toEqual([]);
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

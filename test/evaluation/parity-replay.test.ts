import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Request, Response } from '../../src/domain/request.ts';
import type { Sample } from '../../src/domain/sample.ts';
import { buildRequests } from '../../src/evaluation/asking/build-requests.ts';
import { sampleOf } from '../../src/evaluation/asking/make-sample.ts';
import { type EvaluationFacts, writeResults } from '../../src/evaluation/results/results.ts';
import { type HarnessSample, harnessSamples } from '../../src/evaluation/results/results-samples.ts';
import type { AnsweredSlice } from '../../src/evaluation/scoring/aggregate.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { sha256 } from '../../src/system/hash.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';
import {
  hasPublicData,
  type RecordedDoc,
  type RecordedTask,
  type Recording,
  recordings,
  tasksOf,
} from './recorded-tasks.ts';

/**
 * What lm-evaluation-harness asked, heard and scored (fixtures/parity/recorded, see the README there), replayed: the same requests,
 * and from the same raw answers the same filtered answers, values, scores and standard errors, to 1e-9.
 */
const loaded = {
  tasks: await tasksOf('tasks'),
  benchmarks: hasPublicData ? await tasksOf('benchmarks') : new Map<string, Task>(),
};
if (!hasPublicData) console.info('benchmarks are not replayed: ../shared/data is not there');

test('at least sixty tasks are recorded', () => {
  expect(new Set(recordings.flatMap(({ tasks }) => Object.keys(tasks))).size).toBeGreaterThanOrEqual(60);
});

for (const recording of recordings) {
  const { suite, model } = recording;
  if (suite === 'chat') continue;
  describe.runIf(loaded[suite].size > 0)(`${suite} with ${model}`, () => {
    const names = Object.keys(recording.tasks).filter((name) => loaded[suite].has(name));
    test.each(names)('%s', async (name) => {
      await replay(loaded[suite].get(name)!, recording.tasks[name]!, recording);
    });
  });
}

async function replay(task: Task, recorded: RecordedTask, recording: Recording): Promise<void> {
  const first = recorded.docs[0]!.filter;
  const samples = recorded.docs.filter(({ filter }) => filter === first).map((doc) => sampleFrom(task, doc));
  const slice: AnsweredSlice = { task, samples, docs: samples.length };
  if (recorded.generation_kwargs !== null)
    expect(plain(task.settings.generation.kwargs)).toEqual(recorded.generation_kwargs);

  const ours = harnessSamples(slice);
  expect(ours).toHaveLength(recorded.docs.length);
  for (const [i, sample] of ours.entries()) compareSample(sample, recorded.docs[i]!, recording.suite === 'benchmarks');
  expect(Object.keys(ours[0]!)).toEqual(expect.arrayContaining([...recorded.sample_keys]));

  const place = await temporaryPlace();
  await writeResults(place, [slice], { ...FACTS, bootstrapIterations: recorded.bootstrap_iters });
  compareResults(JSON.parse(readFileSync(join(place, 'results.json'), 'utf8')), task.summary.name, recorded, recording);
}

/** The recorded raw answers of one doc, put where the model's would be; its requests must be the recorded ones. */
function sampleFrom(task: Task, recorded: RecordedDoc): Sample {
  const index = task.docs.findIndex(({ position }) => position === recorded.doc_id);
  const requests = buildRequests(task, task.docs[index]!);
  // The same question asked again is one request in the harness, with all its answers.
  const isRepeated = task.settings.outputType === 'generate_until';
  expect((isRepeated ? requests.slice(0, 1) : requests).map(hashOf), `requests of doc ${recorded.doc_id}`).toEqual(
    recorded.requests,
  );
  const answers = isRepeated ? recorded.resps[0]! : recorded.resps.map(([raw]) => raw);
  const responses = answers.map((raw): Response => {
    if (typeof raw === 'string') return { text: raw, tokens: 1, finishReason: 'stop' };
    const [logprob, isGreedy] = [raw].flat() as [number, boolean?];
    return { logprob, isGreedy: isGreedy ?? false, tokens: 1 };
  });
  const sample = sampleOf(task, index, { requests }, responses);
  expect(sample.error).toBeNull();
  return sample;
}

function hashOf(request: Request): string {
  switch (request.type) {
    case 'loglikelihood':
      return short(`${request.context}\0${request.continuation}`);
    case 'loglikelihood_rolling':
      return short(request.text);
    case 'generate_until':
      return short(request.context);
  }
}

const short = (text: string) => sha256(text).slice(0, 16);
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function compareSample(ours: HarnessSample, theirs: RecordedDoc, isHidden: boolean): void {
  const where = `doc ${theirs.doc_id}, ${theirs.filter}`;
  expect([ours.doc_id, ours.filter], where).toEqual([theirs.doc_id, theirs.filter]);
  expect(
    [ours.doc_hash, ours.prompt_hash, ours.target_hash].map((hash) => hash.slice(0, 16)),
    where,
  ).toEqual(theirs.hashes);
  const filtered = theirs.filtered_resps.flat().map(String);
  const ourFiltered = ours.filtered_resps.flat().map(String);
  expect(ourFiltered.map(asNumber), where).toEqual(filtered.map((text) => asNumber(text)));
  expect([...ours.metrics].sort(), where).toEqual(Object.keys(theirs.metrics).sort());
  for (const [metric, value] of Object.entries(theirs.metrics)) {
    expectClose(isHidden ? hidden(plain(ours[metric])) : plain(ours[metric]), value, `${where}, ${metric}`);
  }
}

/** The harness writes Python's text of numbers and truths, the recording the values themselves. */
function asNumber(text: string): unknown {
  const lower = text.toLowerCase();
  return lower === 'true' || lower === 'false'
    ? lower
    : text.trim() !== '' && !Number.isNaN(Number(text))
      ? Number(text)
      : text;
}

/** Texts of public sets are recorded as hashes. */
function hidden(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hidden);
  return typeof value === 'string' ? `sha256:${short(value)}` : value;
}

function expectClose(ours: unknown, theirs: unknown, what: string): void {
  if (Array.isArray(theirs) && theirs.length === 1 && typeof ours === 'string') {
    // Without take_first the harness leaves an answer in its list.
    expectClose(ours, theirs[0], what);
  } else if (Array.isArray(theirs)) {
    expect(ours, what).toHaveLength(theirs.length);
    for (const [i, one] of theirs.entries()) expectClose((ours as unknown[])[i], one, `${what}[${i}]`);
  } else if (typeof theirs === 'number') {
    expect(
      typeof ours === 'number' && Math.abs(ours - theirs) <= 1e-9 * Math.max(1, Math.abs(theirs)),
      `${what}: ${ours} is not ${theirs}`,
    ).toBe(true);
  } else expect(ours, what).toEqual(theirs);
}

const FACTS: EvaluationFacts = {
  checkpoint: 'recorded',
  fingerprint: '',
  model: {
    engine: 'recorded',
    engineVersion: '0',
    dtype: 'float32',
    device: 'cpu',
    isVerified: true,
    maxLength: 2048,
  } as EvaluationFacts['model'],
  limit: null,
  startedAt: 0,
  seconds: 0,
  libraVersion: 'test',
};

/** What the class of Hugging Face models adds about itself. */
const OF_ITS_MODEL = ['model_num_parameters', 'model_revision', 'model_sha'];

type Section = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

function compareResults(
  ours: Readonly<Record<string, Section>>,
  name: string,
  recorded: RecordedTask,
  { keys, run_config_keys: configKeys }: Recording,
): void {
  expect(Object.keys(ours)).toEqual(expect.arrayContaining(keys.filter((key) => key !== 'groups')));
  expect(Object.keys(ours.config!)).toEqual(
    expect.arrayContaining(configKeys.filter((key) => !OF_ITS_MODEL.includes(key))),
  );
  expect(Object.keys(ours.configs![name]!)).toEqual(expect.arrayContaining([...recorded.config_keys]));
  expect(Object.keys(ours.results![name]!).sort()).toEqual(Object.keys(recorded.results).sort());
  for (const [key, value] of Object.entries(recorded.results)) expectClose(ours.results![name]![key], value, key);
  expect(ours['n-shot']![name]).toBe(recorded.n_shot);
  expect(ours.versions![name]).toEqual(recorded.version);
  const { rouge: _ofAllKinds, ...higherIsBetter } = recorded.higher_is_better;
  expect(ours.higher_is_better![name]).toEqual(higherIsBetter);
  expect(ours['n-samples']![name]).toEqual(recorded.n_samples);
  expect(ours.task_hashes![name]).toBe(recorded.task_hash);
}

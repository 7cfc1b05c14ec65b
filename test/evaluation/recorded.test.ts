import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Request } from '../../src/domain/request.ts';
import type { Answer, Sample } from '../../src/domain/sample.ts';
import { buildRequests } from '../../src/evaluation/asking/build-requests.ts';
import { scoresOf } from '../../src/evaluation/scoring/aggregate.ts';
import { scoreDoc } from '../../src/evaluation/scoring/score-doc.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';

/** What the real harness asked and scored (see record.py): prompts, filters, metrics and aggregates must be the same. */
interface Recorded {
  readonly docs: readonly {
    readonly doc_id: number;
    readonly requests: readonly (readonly [type: string, ...args: unknown[]])[];
    readonly resps: readonly unknown[];
    readonly metrics: Readonly<Record<string, unknown>>;
  }[];
  readonly aggregates: Readonly<Record<string, number | null>>;
}

const here = fileURLToPath(new URL('./recorded/', import.meta.url));
const recorded = JSON.parse(readFileSync(`${here}prompts.json`, 'utf8')) as Readonly<Record<string, Recorded>>;
const { tasks } = await loadTasks({ includePaths: [`${here}tasks`] });
const byName = new Map(tasks.map((task) => [task.summary.name, task]));

test('every recorded task loads', () => {
  expect([...byName.keys()].filter((name) => name !== 'shots_base')).toEqual(
    expect.arrayContaining(Object.keys(recorded)),
  );
  expect(Object.keys(recorded).length).toBeGreaterThan(20);
});

test.each(Object.keys(recorded))('%s asks and scores what the harness does', (name) => {
  const task = byName.get(name)!;
  const samples: Sample[] = [];
  for (const doc of recorded[name]!.docs) {
    const index = task.docs.findIndex(({ position }) => position === doc.doc_id);
    const own = task.docs[index]!;
    const requests = buildRequests(task, own);
    expect(requests.map(asArguments)).toEqual(
      doc.requests.map(([type, ...args]) => [type, ...args.slice(0, type === 'generate_until' ? 1 : 2)]),
    );
    const answer = answerFrom(task, doc.resps);
    const values = scoreDoc(task, own, answer);
    for (const measure of task.measures) {
      const value = doc.metrics[`${measure.metric.id},${measure.pipeline.name}`];
      if (typeof value === 'number')
        expect({ [measure.id]: values[measure.id] }).toEqual({ [measure.id]: signed(measure.metric.id, value) });
    }
    samples.push({ index, docId: own.id, answer, error: null, values });
  }
  for (const score of scoresOf(task, samples)) {
    const measure = task.measures.find(({ id }) => id === score.metric)!;
    const key = `${measure.metric.id},${measure.pipeline.name}`;
    expect(score.value, key).toBeCloseTo(recorded[name]!.aggregates[key]!, 9);
    const stderr = recorded[name]!.aggregates[`${measure.metric.id}_stderr,${measure.pipeline.name}`];
    if (stderr == null) continue;
    // Of 12 docs the harness's bootstrap and the delta method tell much the same.
    const isBootstrapped = ['f1', 'perplexity'].includes(measure.metric.id);
    expect(Math.abs(score.stderr - stderr), `${key} stderr`).toBeLessThanOrEqual(
      stderr * (isBootstrapped ? 0.25 : 1e-9),
    );
  }
});

/** The harness keeps a target's log-probability; Libra its negative. */
const signed = (metric: string, value: number) => (metric === 'perplexity' ? -value : value);

function asArguments(request: Request): unknown[] {
  switch (request.type) {
    case 'loglikelihood':
      return [request.type, request.context, request.continuation];
    case 'loglikelihood_rolling':
      return [request.type, request.text];
    case 'generate_until':
      return [request.type, request.context];
  }
}

function answerFrom(task: Task, responses: readonly unknown[]): Answer {
  const pairs = responses as readonly (readonly [number, boolean])[];
  switch (task.settings.outputType) {
    case 'multiple_choice':
      return {
        kind: 'choice',
        logprobs: pairs.map(([logprob]) => logprob),
        isGreedy: pairs.map(([, greedy]) => greedy),
      };
    case 'loglikelihood':
      return { kind: 'loglikelihood', logprob: pairs[0]![0], isGreedy: pairs[0]![1] };
    case 'loglikelihood_rolling':
      return { kind: 'rolling', logprob: responses[0] as number, tokens: 1 };
    case 'generate_until':
      return { kind: 'text', text: String(responses[0]), tokens: 1 };
  }
}

test('generation settings are what the harness hands to the model', () => {
  const kwargs = (name: string) => {
    const request = buildRequests(byName.get(name)!, byName.get(name)!.docs[0]!)[0]!;
    return request.type === 'generate_until' ? { ...request, context: '' } : null;
  };
  expect(kwargs('shots_rule')).toEqual({
    type: 'generate_until',
    context: '',
    until: ['\n\n'],
    maxGenToks: 256,
    temperature: 0,
  });
  expect(kwargs('shots_validation')).toMatchObject({ until: ['\n\n'], maxGenToks: 7, temperature: 0 });
  expect(kwargs('number_target')).toMatchObject({ until: ['\n', '.'], maxGenToks: 5 });
  expect(kwargs('jinja')).toMatchObject({ until: ['\n\n'], temperature: 0.7, topP: 0.9, maxGenToks: 9 });
});

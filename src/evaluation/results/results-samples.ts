/** Samples as lm-evaluation-harness logs them: one entry per doc and filter pipeline, in the order of the data file. */
import type { Request } from '../../domain/request.ts';
import { type Answer, type Sample, textsOf } from '../../domain/sample.ts';
import { sha256 } from '../../system/hash.ts';
import { buildRequests } from '../asking/build-requests.ts';
import { pythonJson } from '../python/python-json.ts';
import { asFloat, pythonStr } from '../python/python-value.ts';
import { type AnsweredSlice, docValue } from '../scoring/aggregate.ts';
import { answeredDoc, filteredTexts } from '../scoring/score-doc.ts';
import type { FilterPipeline, Task, TaskDoc } from '../task.ts';

export interface HarnessSample {
  readonly doc_id: number;
  readonly doc: Readonly<Record<string, unknown>>;
  readonly target: string;
  readonly arguments: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resps: readonly unknown[];
  readonly filtered_resps: readonly unknown[];
  readonly filter: string;
  readonly metrics: readonly string[];
  readonly doc_hash: string;
  readonly prompt_hash: string;
  readonly target_hash: string;
  /** Values by metric; `error` for a doc without an answer. */
  readonly [value: string]: unknown;
}

export function harnessSamples({ task, samples }: AnsweredSlice): HarnessSample[] {
  const ordered = inFileOrder({ task, samples });
  const pipelines = [...new Set(task.measures.map(({ pipeline }) => pipeline))];
  return pipelines.flatMap((pipeline) => ordered.map((sample) => harnessSample(task, sample, pipeline)));
}

/** Samples in the order of the data file. */
export function inFileOrder({ task, samples }: Pick<AnsweredSlice, 'task' | 'samples'>): Sample[] {
  return [...samples].sort((a, b) => task.docs[a.index]!.position - task.docs[b.index]!.position);
}

function harnessSample(task: Task, sample: Sample, pipeline: FilterPipeline): HarnessSample {
  const doc = task.docs[sample.index]!;
  const requests = attempt(() => buildRequests(task, doc), []);
  const target = attempt(() => pythonStr(task.reader.target(doc.fields)), '');
  const values = sample.answer === null ? {} : metricValues(task, sample, pipeline);
  return {
    doc_id: doc.position,
    doc: doc.fields,
    target,
    arguments: Object.fromEntries(
      askedOnce(task, requests).map((request, i) => [`gen_args_${i}`, argumentsOf(task, request)]),
    ),
    ...responsesOf(sample.answer, doc, pipeline),
    filter: pipeline.name,
    metrics: Object.keys(values),
    doc_hash: sha256(pythonJson(doc.fields)),
    prompt_hash: sha256(promptOf(requests[0])),
    target_hash: sha256(target),
    ...values,
    ...(sample.error === null ? {} : { error: sample.error }),
  };
}

/** A doc whose templates fail is logged without what they would have given. */
function attempt<T>(make: () => T, otherwise: T): T {
  try {
    return make();
  } catch {
    return otherwise;
  }
}

function promptOf(request: Request | undefined): string {
  if (request === undefined) return '';
  return request.type === 'loglikelihood_rolling' ? request.text : request.context;
}

function argumentsOf(task: Task, request: Request): Record<string, unknown> {
  switch (request.type) {
    case 'loglikelihood':
      return { arg_0: request.context, arg_1: request.continuation };
    case 'loglikelihood_rolling':
      return { arg_0: request.text };
    case 'generate_until':
      return { arg_0: request.context, arg_1: task.settings.generation.kwargs };
  }
}

/** The same question asked again is one request in the harness. */
function askedOnce(task: Task, requests: readonly Request[]): readonly Request[] {
  return task.settings.outputType === 'generate_until' ? requests.slice(0, 1) : requests;
}

/** It ends with one text and not with a list. */
function takesOne({ takesFirst, steps }: FilterPipeline): boolean {
  return takesFirst === true || steps.some(({ filter }) => filter.id === 'take_first');
}

/** Log-probabilities and truths stand as Python's text of them. */
function responsesOf(answer: Answer | null, doc: TaskDoc, pipeline: FilterPipeline) {
  const pair = (logprob: number, isGreedy: boolean) => [pythonStr(asFloat(logprob)), pythonStr(isGreedy)];
  switch (answer?.kind) {
    case undefined:
      return { resps: [], filtered_resps: [] };
    case 'choice': {
      const pairs = [answer, ...(answer.unconditional === undefined ? [] : [answer.unconditional])].flatMap(
        ({ logprobs, isGreedy }) => logprobs.map((logprob, i) => pair(logprob, isGreedy[i] ?? false)),
      );
      return { resps: pairs.map((one) => [one]), filtered_resps: pairs };
    }
    case 'loglikelihood': {
      const one = pair(answer.logprob, answer.isGreedy);
      return { resps: [[one]], filtered_resps: [one] };
    }
    case 'rolling': {
      const one = pythonStr(asFloat(answer.logprob));
      return { resps: [[one]], filtered_resps: [one] };
    }
    case 'text': {
      const left = filteredTexts(pipeline, doc, answer);
      return {
        resps: [textsOf(answer)],
        filtered_resps: [takesOne(pipeline) ? (left[0] ?? '') : left],
        ...(answer.dropped === undefined ? {} : { libra_characters_dropped: answer.dropped }),
        ...(answer.executions?.[pipeline.name] && { libra_executions: answer.executions[pipeline.name] }),
      };
    }
  }
}

/** Values in the harness's form. */
function metricValues(task: Task, sample: Sample, pipeline: FilterPipeline): Record<string, unknown> {
  const doc = task.docs[sample.index]!;
  const answered = answeredDoc(task, doc, sample.answer!, pipeline);
  const entries = task.measures
    .filter((measure) => measure.pipeline === pipeline)
    .map(({ id, metric }): [string, unknown] => {
      const value = docValue({ id }, sample) ?? { value: Number.NaN };
      return [metric.id, metric.logged === undefined ? value.value : metric.logged(answered, value)];
    });
  return Object.fromEntries(entries);
}

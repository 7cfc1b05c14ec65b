/** Asks a task's first n docs, batch by batch in the fixed order, so that whoever keeps the batches can go on behind the last one. */
import { LibraError, messageOf } from '../domain/errors.ts';
import type { LanguageModel } from '../domain/language-model.ts';
import type {
  GenerateUntilRequest,
  LoglikelihoodRequest,
  LoglikelihoodRollingRequest,
  Request,
} from '../domain/request.ts';
import type { Answer, Sample } from '../domain/sample.ts';
import { buildRequests } from './build-requests.ts';
import { scoreDoc } from './score-doc.ts';
import type { Task } from './task.ts';

export interface EvaluateTaskOptions {
  readonly task: Task;
  /** Docs [0, docs) of the fixed order; more than there are means all. */
  readonly docs: number;
  readonly model: LanguageModel;
  /** First doc to ask: the number of docs already kept. */
  readonly startAt?: number | undefined;
  readonly batchDocs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of docs behind us and of all, after each batch. */
  readonly onBatch?: ((done: number, of: number) => void) | undefined;
}

/** Enough to keep an engine's batches full, few enough that a crash costs little. */
const BATCH_DOCS = 96;

/** A doc ready to be asked, or what kept it from that. */
type Prepared = { readonly requests: readonly Request[] } | { readonly error: string };

/**
 * Yields each batch of samples once it is answered, in doc order. The next batch is asked only when the caller comes back for it,
 * so at most one batch is ever unkept; its prompts are written while the one before is in flight.
 * A doc without a finite answer is a sample without values. Pure but for the model.
 * @throws LibraError of the engine family when the model can't answer at all
 */
export async function* evaluateTask(options: EvaluateTaskOptions): AsyncGenerator<readonly Sample[], void, void> {
  const { task, model, signal, startAt = 0, batchDocs = BATCH_DOCS, onBatch } = options;
  const end = Math.min(options.docs, task.docs.length);
  let prepared = prepareBatch(task, startAt, Math.min(startAt + batchDocs, end));
  for (let start = startAt; start < end; start += batchDocs) {
    signal?.throwIfAborted();
    const answering = answerBatch(model, prepared, signal);
    const next = start + batchDocs;
    const current = prepared;
    // A failure must not go unhandled while the next prompts are written.
    answering.catch(() => {});
    prepared = prepareBatch(task, next, Math.min(next + batchDocs, end));
    const answers = await answering;
    yield current.map((doc, i) => sampleOf(task, start + i, doc, answers[i] ?? []));
    onBatch?.(Math.min(next, end), end);
  }
}

function prepareBatch(task: Task, start: number, end: number): Prepared[] {
  return task.docs.slice(start, Math.max(start, end)).map((doc) => {
    try {
      return { requests: buildRequests(task, doc) };
    } catch (error) {
      return { error: `the doc can't be asked: ${messageOf(error)}` };
    }
  });
}

type Response = { readonly isCut?: boolean } & (
  | { readonly logprob: number; readonly isGreedy?: boolean; readonly tokens: number }
  | { readonly text: string; readonly tokens: number }
);

/** Responses per doc; all requests of a batch are of one type and go out together. */
async function answerBatch(
  model: LanguageModel,
  docs: readonly Prepared[],
  signal?: AbortSignal,
): Promise<Response[][]> {
  const requests = docs.flatMap((doc) => ('requests' in doc ? doc.requests : []));
  const responses = requests.length === 0 ? [] : await ask(model, requests, signal);
  if (responses.length !== requests.length) {
    throw new LibraError(
      'LIBRA_ENGINE_FAILED',
      `The engine gave ${responses.length} answers to ${requests.length} requests.`,
      {
        hint: 'Restart the engine; if it stays so, use another one.',
      },
    );
  }
  let at = 0;
  return docs.map((doc) => {
    const count = 'requests' in doc ? doc.requests.length : 0;
    at += count;
    return responses.slice(at - count, at);
  });
}

function ask(model: LanguageModel, requests: readonly Request[], signal?: AbortSignal): Promise<Response[]> {
  switch (requests[0]!.type) {
    case 'loglikelihood':
      return model.loglikelihood(requests as readonly LoglikelihoodRequest[], signal);
    case 'loglikelihood_rolling':
      return model.loglikelihoodRolling(requests as readonly LoglikelihoodRollingRequest[], signal);
    case 'generate_until':
      return model.generateUntil(requests as readonly GenerateUntilRequest[], signal);
  }
}

function sampleOf(task: Task, index: number, prepared: Prepared, responses: readonly Response[]): Sample {
  const doc = task.docs[index]!;
  const failed = (error: string): Sample => ({ index, docId: doc.id, answer: null, error, values: {} });
  if ('error' in prepared) return failed(prepared.error);
  const answer = answerOf(task, responses);
  if (answer === null) return failed('the model gave a log-probability that is not a number');
  try {
    const values = scoreDoc(task, doc, answer);
    const isCut = responses.some((response) => response.isCut);
    return { index, docId: doc.id, answer, error: null, values, ...(isCut && { isCut }) };
  } catch (error) {
    return failed(`the answer can't be scored: ${messageOf(error)}`);
  }
}

/** Null when any log-probability is not finite. A choice the model holds for impossible (-Infinity) is no answer either. */
function answerOf(task: Task, responses: readonly Response[]): Answer | null {
  const first = responses[0]!;
  if ('text' in first) return { kind: 'text', text: first.text, tokens: first.tokens };
  const scored = responses as readonly {
    readonly logprob: number;
    readonly isGreedy?: boolean;
    readonly tokens: number;
  }[];
  if (!scored.every(({ logprob }) => Number.isFinite(logprob))) return null;
  const { logprob, isGreedy = false, tokens } = first;
  switch (task.settings.outputType) {
    case 'multiple_choice':
      return {
        kind: 'choice',
        logprobs: scored.map((response) => response.logprob),
        isGreedy: scored.map((response) => response.isGreedy ?? false),
      };
    case 'loglikelihood_rolling':
      return { kind: 'rolling', logprob, tokens };
    default:
      return { kind: 'loglikelihood', logprob, isGreedy };
  }
}

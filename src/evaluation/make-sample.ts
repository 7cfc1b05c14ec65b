/** A doc and the responses to its requests -> its sample. Pure. */
import { messageOf } from '../domain/errors.ts';
import type { Response } from '../domain/request.ts';
import type { Answer, Sample } from '../domain/sample.ts';
import type { PreparedDoc } from './build-requests.ts';
import { scoreDoc } from './score-doc.ts';
import type { Task } from './task.ts';

/** @param responses one for each of the doc's requests, in their order */
export function sampleOf(task: Task, index: number, prepared: PreparedDoc, responses: readonly Response[]): Sample {
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
  const { logprob, isGreedy = false, tokens } = first as (typeof scored)[number];
  switch (task.settings.outputType) {
    case 'multiple_choice': {
      const choices = (part: typeof scored) => ({
        logprobs: part.map((response) => response.logprob),
        isGreedy: part.map((response) => response.isGreedy ?? false),
      });
      if (!task.measures.some(({ metric }) => metric.needsUnconditional)) return { kind: 'choice', ...choices(scored) };
      const half = scored.length / 2;
      return { kind: 'choice', ...choices(scored.slice(0, half)), unconditional: choices(scored.slice(half)) };
    }
    case 'loglikelihood_rolling':
      return { kind: 'rolling', logprob, tokens };
    default:
      return { kind: 'loglikelihood', logprob, isGreedy };
  }
}

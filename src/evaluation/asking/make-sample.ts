/** A doc and the responses to its requests -> its sample. Pure. */
import { messageOf } from '../../domain/errors.ts';
import type { GenerateUntilResponse, Response } from '../../domain/request.ts';
import type { Answer, Sample, SampleTiming, TextAnswer } from '../../domain/sample.ts';
import type { Executions } from '../execution/execute-answers.ts';
import { scoreDoc } from '../scoring/score-doc.ts';
import type { Task } from '../task.ts';
import { boundTexts } from './bound-texts.ts';
import type { PreparedDoc } from './build-requests.ts';

/**
 * @param responses one for each of the doc's requests, in their order
 * @param executions what became of the programs in them; null where none were run
 */
export function sampleOf(
  task: Task,
  index: number,
  prepared: PreparedDoc,
  responses: readonly Response[],
  executions: Executions | null | undefined = null,
): Sample {
  const doc = task.docs[index]!;
  const failed = (error: string): Sample => ({ index, docId: doc.id, answer: null, error, values: {} });
  if ('error' in prepared) return failed(prepared.error);
  const answer = answerOf(task, responses, executions ?? null);
  if (answer === null) return failed('the model gave a log-probability that is not a number');
  try {
    const values = scoreDoc(task, doc, answer);
    const isCut = responses.some((response) => response.isCut);
    const timing = timingOf(responses);
    return {
      index,
      docId: doc.id,
      answer: bounded(answer),
      error: null,
      values,
      ...(isCut && { isCut }),
      ...(timing && { timing }),
    };
  } catch (error) {
    return failed(`the answer can't be scored: ${messageOf(error)}`);
  }
}

/** From the first request sent to the last answer; null when any answer was known from before. */
function timingOf(responses: readonly Response[]): SampleTiming | null {
  let [sentAt, end, tokens] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const { timing, tokens: own } of responses) {
    if (timing === undefined) return null;
    sentAt = Math.min(sentAt, timing.sentAt);
    end = Math.max(end, timing.sentAt + timing.seconds * 1000);
    tokens += own;
  }
  const [first] = responses;
  if (first === undefined) return null;
  return {
    sentAt,
    seconds: (end - sentAt) / 1000,
    firstTokenSeconds: first.timing?.firstTokenSeconds ?? null,
    promptTokens: first.promptTokens ?? null,
    tokens,
  };
}

/** Null when any log-probability is not finite. A choice the model holds for impossible (-Infinity) is no answer either. */
function answerOf(task: Task, responses: readonly Response[], executions: Executions | null): Answer | null {
  const first = responses[0]!;
  if ('text' in first) return textAnswer(responses as readonly GenerateUntilResponse[], executions);
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

function textAnswer(responses: readonly GenerateUntilResponse[], executions: Executions | null): TextAnswer {
  const [text = '', ...more] = responses.map((response) => response.text);
  const tokens = responses.reduce((sum, response) => sum + response.tokens, 0);
  return {
    kind: 'text',
    text,
    ...(more.length > 0 && { more }),
    tokens,
    ...(responses.some(({ finishReason }) => finishReason === 'length') && { isUnfinished: true }),
    ...(executions !== null && { executions }),
  };
}

/** The values are those of the whole texts; what is kept of them has its bounds. */
function bounded(answer: Answer): Answer {
  if (answer.kind !== 'text') return answer;
  const { texts, dropped } = boundTexts([answer.text, ...(answer.more ?? [])]);
  if (dropped === 0) return answer;
  const [text = '', ...more] = texts;
  return { ...answer, text, ...(more.length > 0 && { more }), dropped };
}

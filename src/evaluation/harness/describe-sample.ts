/** One line of a samples file as people read it: question, expected answer, answer. Pure. */
import { beginningOf } from '../asking/bound-texts.ts';
import type { RecordedDoc } from './recorded.ts';

const LONGEST_QUESTION = 2000;
const LONGEST_ANSWER = 1000;

/** Field names of a doc that hold what is asked, where the line has no prompt. */
const ASKED = ['question', 'query', 'prompt', 'problem', 'text', 'sentence', 'ctx', 'input', 'passage'];

type Fields = Readonly<Record<string, unknown>>;

export interface DescribedSample {
  readonly doc: Omit<RecordedDoc, 'id' | 'key'>;
  readonly answer: string | null;
}

/** @param delimiter between few-shot examples: only the doc itself is shown, not those before it */
export function describeSample(line: Fields, delimiter: string): DescribedSample {
  const requests = requestsOf(line.arguments);
  const pairs = pairsOf(line);
  const isChoice = requests.length > 1 && pairs.length >= requests.length;
  const choices = isChoice ? requests.map(([, continuation]) => textOf(continuation).trim()) : [];
  // Where contexts differ and the continuation does not, the choice is the context.
  const shown = choices.every((one) => one === choices[0])
    ? requests.map(([context]) => lastPart(textOf(context), delimiter))
    : choices;
  return {
    doc: {
      promptHash: typeof line.prompt_hash === 'string' ? line.prompt_hash.slice(0, 16) : null,
      question: questionOf(line, requests, delimiter),
      expected: beginningOf(expectedOf(line.target, shown), LONGEST_ANSWER),
      choices: choices.length,
    },
    answer: answerOf(line, isChoice ? pairs : [], shown),
  };
}

/** `{gen_args_0: {arg_0, arg_1}}` as it is logged now, `[[context, continuation]]` as it was. */
function requestsOf(value: unknown): readonly (readonly unknown[])[] {
  const listed = Array.isArray(value) ? value : isFields(value) ? Object.values(value) : [];
  return listed.map((one) => (Array.isArray(one) ? one : isFields(one) ? Object.values(one) : [one]));
}

/** Log-probabilities of a choice, as numbers or as texts of numbers. */
function pairsOf({ filtered_resps: filtered, resps }: Fields): number[] {
  const listed = Array.isArray(filtered) ? filtered : Array.isArray(resps) ? resps : [];
  const numbers = listed.map((one) => {
    const first = Array.isArray(one) ? (Array.isArray(one[0]) ? one[0][0] : one[0]) : Number.NaN;
    return typeof first === 'string' && first.trim() !== ''
      ? Number(first)
      : typeof first === 'number'
        ? first
        : Number.NaN;
  });
  return numbers.some(Number.isNaN) ? [] : numbers;
}

function questionOf(line: Fields, requests: readonly (readonly unknown[])[], delimiter: string): string {
  const prompt = lastPart(textOf(requests[0]?.[0]), delimiter);
  const doc = isFields(line.doc) ? line.doc : {};
  const field = ASKED.map((name) => textOf(doc[name])).find((text) => text !== '');
  return beginningOf(prompt || field || '', LONGEST_QUESTION);
}

function lastPart(prompt: string, delimiter: string): string {
  if (delimiter.trim() !== '' || !delimiter.includes('\n')) return prompt;
  return prompt.trimEnd().split(delimiter).at(-1) ?? prompt;
}

/** The number of a choice means that choice. */
function expectedOf(target: unknown, choices: readonly string[]): string {
  if (Array.isArray(target)) return target.map((one) => expectedOf(one, choices)).join(' | ');
  const text = textOf(target);
  return (/^\d+$/.test(text) ? choices[Number(text)] : undefined) ?? text;
}

function answerOf(
  { resps, filtered_resps: filtered }: Fields,
  logprobs: readonly number[],
  choices: readonly string[],
) {
  if (logprobs.length > 0) {
    const best = logprobs.reduce((at, value, i) => (value > logprobs[at]! ? i : at), 0);
    return beginningOf(choices[best] ?? '', LONGEST_ANSWER);
  }
  const text = firstText(resps) ?? firstText(filtered);
  return text === null || isLogprob(text) ? null : beginningOf(text, LONGEST_ANSWER);
}

function firstText(value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : firstText(value[0]);
  return typeof value === 'string' ? value : null;
}

/** A text that was only read has no answer but a number. */
function isLogprob(text: string): boolean {
  return /^-\d+\.\d{6,}(e[-+]?\d+)?$/i.test(text) || text === '-inf';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

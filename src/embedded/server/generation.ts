/** What completions and chat share: sampling fields of a request, and prompts -> texts, whole or as they come. */
import { randomInt } from 'node:crypto';
import type { Engine } from '../engine.ts';
import type { GeneratedToken, StopReason } from '../generator.ts';
import { TextStream } from '../text/text-stream.ts';
import { type Body, flagIn, integerIn, numberIn, refuseUnsupported, stringsIn } from './fields.ts';

export interface GenerationFields {
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
  readonly stop: readonly string[];
  readonly ignoreEnd: boolean;
  /** How many best tokens to name; 0 for none. */
  readonly top: number;
}

/** Each with the values that change nothing. */
const UNSUPPORTED = {
  presence_penalty: [0],
  frequency_penalty: [0],
  repetition_penalty: [1],
  logit_bias: [],
  suffix: [''],
  best_of: [1],
  top_k: [0, -1],
  min_p: [0],
  use_beam_search: [false],
  response_format: [],
  tools: [],
  guided_json: [],
  min_tokens: [0],
};

export function generationFields(body: Body, top: number): GenerationFields {
  refuseUnsupported(body, UNSUPPORTED);
  return {
    temperature: numberIn(body, 'temperature', { min: 0, max: 100 }, 1),
    topP: numberIn(body, 'top_p', { min: 0, max: 1 }, 1),
    seed:
      integerIn(body, 'seed', { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }, null) ??
      randomInt(2 ** 32),
    stop: stringsIn(body, 'stop'),
    ignoreEnd: flagIn(body, 'ignore_eos', false),
    top,
  };
}

export interface Generated {
  readonly text: string;
  readonly tokens: readonly GeneratedToken[];
  readonly reason: StopReason;
}

export interface GenerationOrder {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly fields: GenerationFields;
  readonly signal: AbortSignal;
  /** Called with each piece of text as soon as it is safe to show. */
  readonly onText?: (text: string) => void;
}

/** @throws RangeError when prompt and answer together are longer than the model's length */
export function requireRoom(engine: Engine, prompt: readonly number[], maxTokens: number): void {
  if (prompt.length === 0) throw new RangeError('the prompt has no tokens');
  if (prompt.length + maxTokens <= engine.maxLength) return;
  throw new RangeError(
    `this model's maximum context length is ${engine.maxLength} tokens, but the prompt has ${prompt.length} and ${maxTokens} more are asked for`,
  );
}

export async function generate(engine: Engine, order: GenerationOrder): Promise<Generated> {
  const { fields, maxTokens, signal, onText } = order;
  const stream = new TextStream(engine.tokenizer, fields.stop);
  // Without a stop string and without a listener, decoding once at the end is enough.
  const isWatched = fields.stop.length > 0 || onText !== undefined;
  const tokens: GeneratedToken[] = [];
  const show = (text: string) => {
    if (text !== '') onText?.(text);
  };
  const onToken = (token: GeneratedToken) => {
    tokens.push(token);
    if (isWatched) show(stream.push(token.id));
    return stream.isStopped;
  };
  const { temperature, topP, seed, top, ignoreEnd } = fields;
  const options = { maxTokens, temperature, topP, seed, top, ignoreEnd, signal, onToken };
  const reason = await engine.generator.generate(order.prompt, options);
  if (!isWatched) for (const { id } of tokens) stream.push(id);
  show(stream.finish());
  return { text: stream.text, tokens, reason: stream.isStopped ? 'stop' : reason };
}

/** OpenAI knows `stop` and `length` only; what is not finite is said beside it. */
export function finishOf(reason: StopReason): { finish_reason: 'stop' | 'length'; non_finite?: true } {
  return reason === 'non_finite' ? { finish_reason: 'stop', non_finite: true } : { finish_reason: reason };
}

/** Values that come by callback, as an async iterable; ends when `work` does, and fails when it fails. */
export async function* asTheyCome<T>(work: (emit: (value: T) => void) => Promise<void>): AsyncGenerator<T> {
  const queue: T[] = [];
  let wake = () => {};
  let isOver = false;
  const running = work((value) => {
    queue.push(value);
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  // Seen by the final await; until then it must not count as unhandled.
  running.catch(() => {});
  while (true) {
    while (queue.length > 0) yield queue.shift() as T;
    if (isOver) break;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  await running;
}

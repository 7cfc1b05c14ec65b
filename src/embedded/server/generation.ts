/** What completions and chat share: sampling fields of a request, and prompts -> texts, whole or as they come. */
import { randomInt } from 'node:crypto';
import { systemClock } from '../../system/clock.ts';
import type { GeneratedToken, StopReason } from '../decoding/generator.ts';
import { TextStream } from '../text/text-stream.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { badRequest } from './api-error.ts';
import { type Body, flagIn, integerIn, numberIn, refuseUnsupported, stringsIn } from './fields.ts';
import type { Served } from './route.ts';
import type { DecodingOrder } from './workload.ts';

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
  length_penalty: [1],
  logit_bias: [],
  suffix: [''],
  best_of: [1],
  top_k: [0, -1],
  min_p: [0],
  use_beam_search: [false],
  tools: [],
  functions: [],
  guided_json: [],
  guided_regex: [],
  guided_choice: [],
  guided_grammar: [],
  structured_outputs: [],
  min_tokens: [0],
  stop_token_ids: [],
  bad_words: [],
  logits_processors: [],
};

/** Every token is compared with every stop string. */
const MOST_STOPS = 128;
const LONGEST_STOP = 1000;
/** Seeds of other servers are 64-bit numbers. */
const SEEDS = { min: -(2 ** 64), max: 2 ** 64 };
export const MOST_CHOICES = 128;
/** No model is asked for more tokens than this; what a model has room for is less. */
export const TOKEN_COUNTS = { min: 0, max: 1e9 };

/** @throws ApiError that names the field */
export function generationFields(body: Body, top: number): GenerationFields {
  refuseUnsupported(body, UNSUPPORTED);
  refuseFormats(body);
  const stop = stringsIn(body, 'stop');
  if (stop.length > MOST_STOPS) {
    throw badRequest(`stop may have ${MOST_STOPS} strings, and it has ${stop.length}`, 'stop');
  }
  if (stop.some((text) => text.length > LONGEST_STOP)) {
    throw badRequest(`a stop string may have ${LONGEST_STOP} characters`, 'stop');
  }
  return {
    temperature: numberIn(body, 'temperature', { min: 0, max: 100 }, 1),
    topP: numberIn(body, 'top_p', { min: 0, max: 1 }, 1),
    seed: integerIn(body, 'seed', SEEDS, null) ?? randomInt(2 ** 32),
    stop,
    ignoreEnd: flagIn(body, 'ignore_eos', false),
    top,
  };
}

function refuseFormats(body: Body): void {
  const format = (body.response_format ?? { type: 'text' }) as { type?: unknown };
  if (format.type === 'text' || Object.keys(format).length === 0) return;
  throw badRequest('only text is made by this engine', 'response_format', 'unsupported_parameter');
}

/** `stream_options.include_usage`: one more event at the end, with what was used. */
export function wantsUsage(body: Body): boolean {
  const options = body.stream_options ?? {};
  if (typeof options !== 'object' || Array.isArray(options)) {
    throw badRequest('stream_options must be an object', 'stream_options');
  }
  return flagIn(options as Body, 'include_usage', false);
}

export interface Generated {
  readonly text: string;
  readonly tokens: readonly GeneratedToken[];
  readonly reason: StopReason;
  /** Since the request was taken up, by this engine's own clock. */
  readonly seconds: number;
  /** Until its first token; all of its time where there was none. */
  readonly firstTokenSeconds: number;
}

export interface GenerationOrder {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  readonly fields: GenerationFields;
  /** Called with each piece of text as soon as it is safe to show, and the tokens made since the piece before. */
  readonly onPiece?: (text: string, tokens: readonly GeneratedToken[]) => void;
  /** Called once, behind the last piece. */
  readonly onEnd?: (generated: Generated) => void;
}

/** The same prompt `n` times, each with a seed of its own. */
export function copiesOf(order: GenerationOrder, n: number): GenerationOrder[] {
  const { fields } = order;
  return Array.from({ length: n }, (_, copy) => ({ ...order, fields: { ...fields, seed: fields.seed + copy } }));
}

export interface Room {
  readonly prompt: readonly number[];
  readonly maxTokens: number;
  /** The field the prompt came in. */
  readonly param: string;
}

/** @throws ApiError when prompt and answer together are longer than the model's length, or the prompt is empty */
export function requireRoom({ engine: { maxLength } }: Served, { prompt, maxTokens, param }: Room): void {
  if (prompt.length === 0) throw badRequest(`${param} has no tokens`, param);
  const total = prompt.length + maxTokens;
  if (total <= maxLength) return;
  throw badRequest(
    `This model's maximum context length is ${maxLength} tokens. However, you requested ${total} tokens (${prompt.length} in the ${param}, ${maxTokens} in the completion). Please reduce the length of the ${param} or completion.`,
    param,
    'context_length_exceeded',
  );
}

/** All texts, in the order asked. Rejects with the signal's reason when aborted. */
export async function generateAll(
  { engine, work }: Served,
  orders: readonly GenerationOrder[],
  signal: AbortSignal,
): Promise<Generated[]> {
  const texts: Generated[] = [];
  const decoding = orders.map((order, index): DecodingOrder => {
    const keep = (generated: Generated) => {
      texts[index] = generated;
      order.onEnd?.(generated);
    };
    return followText(engine.tokenizer, order, keep);
  });
  await work.generate(decoding, signal);
  return texts;
}

/** One sequence as the engine decodes it, its tokens turned into text that ends before a stop string. */
function followText(
  tokenizer: Tokenizer,
  order: GenerationOrder,
  onEnd: (generated: Generated) => void,
): DecodingOrder {
  const { prompt, maxTokens, fields, onPiece } = order;
  const { temperature, topP, seed, top, ignoreEnd } = fields;
  const stream = new TextStream(tokenizer, fields.stop);
  // Without a stop string and without a listener, decoding once at the end is enough.
  const isWatched = fields.stop.length > 0 || onPiece !== undefined;
  const tokens: GeneratedToken[] = [];
  const since = systemClock.monotonic();
  const passed = () => (systemClock.monotonic() - since) / 1000;
  let firstTokenSeconds: number | null = null;
  let shown = 0;
  const show = (text: string) => {
    if (text === '') return;
    onPiece?.(text, tokens.slice(shown));
    shown = tokens.length;
  };
  const onToken = (token: GeneratedToken) => {
    firstTokenSeconds ??= passed();
    tokens.push(token);
    if (isWatched) show(stream.push(token.id));
    return stream.isStopped;
  };
  return {
    prompt,
    options: { maxTokens, temperature, topP, seed, top, ignoreEnd, onToken },
    onEnd: (reason) => {
      if (!isWatched) for (const { id } of tokens) stream.push(id);
      show(stream.finish());
      if (shown < tokens.length) onPiece?.('', tokens.slice(shown));
      const seconds = passed();
      onEnd({
        text: stream.text,
        tokens,
        reason: stream.isStopped ? 'stop' : reason,
        seconds,
        firstTokenSeconds: firstTokenSeconds ?? seconds,
      });
    },
  };
}

/** OpenAI knows `stop` and `length` only; what is not finite is said beside it. */
export function finishOf(reason: StopReason): { finish_reason: 'stop' | 'length'; non_finite?: true } {
  return reason === 'non_finite' ? { finish_reason: 'stop', non_finite: true } : { finish_reason: reason };
}

export function usageOf(promptTokens: number, texts: readonly Generated[]) {
  const completion = texts.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return { prompt_tokens: promptTokens, completion_tokens: completion, total_tokens: promptTokens + completion };
}

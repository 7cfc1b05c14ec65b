/** What a body of /v1/completions asks for, checked and tokenised. */
import { badRequest } from './api-error.ts';
import { type Body, flagIn, integerIn, promptsIn } from './fields.ts';
import {
  type GenerationFields,
  generationFields,
  MOST_CHOICES,
  requireRoom,
  TOKEN_COUNTS,
  wantsUsage,
} from './generation.ts';
import type { Served } from './route.ts';
import { promptEncoder } from './special-tokens.ts';

/** As vLLM's default for --max-logprobs. */
const MOST_LOGPROBS = 20;
/** Sequences of one request. */
const MOST_SEQUENCES = 4096;
/** Log-probabilities of one reply, best tokens included: some 100 MB of JSON. */
const MOST_VALUES = 4e6;

export interface Prompt {
  readonly tokens: readonly number[];
  /** Its beginning was cut, as the request allowed. */
  readonly isCut: boolean;
}

export interface CompletionRequest {
  readonly prompts: readonly Prompt[];
  readonly maxTokens: number;
  readonly n: number;
  readonly echo: boolean;
  /** Null when not asked for. */
  readonly logprobs: number | null;
  readonly promptLogprobs: number | null;
  readonly returnIds: boolean;
  readonly tokensAsIds: boolean;
  readonly includeUsage: boolean;
  readonly fields: GenerationFields;
}

/** @throws ApiError that names the field */
export function readCompletion(body: Body, served: Served): CompletionRequest {
  const count = { min: 0, max: MOST_LOGPROBS };
  const logprobs = integerIn(body, 'logprobs', count, null);
  const request = {
    maxTokens: integerIn(body, 'max_tokens', TOKEN_COUNTS, 16),
    n: integerIn(body, 'n', { min: 1, max: MOST_CHOICES }, 1),
    echo: flagIn(body, 'echo', false),
    logprobs,
    promptLogprobs: integerIn(body, 'prompt_logprobs', count, null),
    returnIds: flagIn(body, 'return_token_ids', false),
    tokensAsIds: flagIn(body, 'return_tokens_as_token_ids', false),
    includeUsage: wantsUsage(body),
    fields: generationFields(body, logprobs ?? 0),
  };
  if (request.maxTokens === 0 && !request.echo && request.promptLogprobs === null) {
    throw badRequest('max_tokens must be at least 1 unless echo or prompt_logprobs is asked for', 'max_tokens');
  }
  const prompts = readPrompts(body, served, request);
  for (const { tokens } of prompts) {
    requireRoom(served, { prompt: tokens, maxTokens: request.maxTokens, param: 'prompt' });
  }
  requireReplyOfSize({ ...request, prompts });
  return { ...request, prompts };
}

function readPrompts(body: Body, served: Served, { maxTokens, n }: { maxTokens: number; n: number }): Prompt[] {
  const { tokenizer, vocabSize } = served.engine;
  const addSpecialTokens = flagIn(body, 'add_special_tokens', true);
  const encode = addSpecialTokens ? promptEncoder(tokenizer) : tokenizer.encode;
  const most = longestPrompt(body, served, maxTokens);
  const prompts = promptsIn(body, 'prompt', vocabSize);
  if (prompts.length * n > MOST_SEQUENCES) {
    const asked = `${prompts.length} prompts with ${n} choices each`;
    throw badRequest(`a request may ask for ${MOST_SEQUENCES} sequences, and this one has ${asked}`, 'prompt');
  }
  return prompts.map((prompt) => {
    const tokens = typeof prompt === 'string' ? encode(prompt) : prompt;
    return tokens.length > most ? { tokens: tokens.slice(-most), isCut: true } : { tokens, isCut: false };
  });
}

/**
 * `truncate_prompt_tokens` is vLLM's: that many tokens of the prompt's end are kept. -1 keeps as many as the answer leaves room
 * for, which is lm-evaluation-harness's rule: the last max_length - max_gen_toks.
 */
function longestPrompt(body: Body, { engine: { maxLength } }: Served, maxTokens: number): number {
  const keep = integerIn(body, 'truncate_prompt_tokens', { min: -1, max: 1e9 }, null);
  if (keep === null) return Number.POSITIVE_INFINITY;
  if (keep > 0) return keep;
  if (keep === 0) throw badRequest('truncate_prompt_tokens must be at least 1, or -1', 'truncate_prompt_tokens');
  if (maxTokens < maxLength) return maxLength - maxTokens;
  throw badRequest(
    `This model's maximum context length is ${maxLength} tokens, which leaves no room for a prompt before the ${maxTokens} tokens of the completion.`,
    'max_tokens',
    'context_length_exceeded',
  );
}

function requireReplyOfSize({ prompts, n, maxTokens, echo, logprobs, promptLogprobs }: Sized): void {
  if (logprobs === null && promptLogprobs === null) return;
  const tokens = prompts.reduce((sum, prompt) => sum + prompt.tokens.length, 0);
  const made = prompts.length * maxTokens;
  const ofText = logprobs === null ? 0 : (made + (echo ? tokens : 0)) * (logprobs + 1);
  const ofPrompt = promptLogprobs === null ? 0 : tokens * (promptLogprobs + 1);
  if (n * (ofText + ofPrompt) <= MOST_VALUES) return;
  const field = promptLogprobs === null ? 'logprobs' : 'prompt_logprobs';
  throw badRequest(`a reply may hold ${MOST_VALUES} log-probabilities: ask for fewer prompts at once`, field);
}

type Sized = Pick<CompletionRequest, 'prompts' | 'n' | 'maxTokens' | 'echo' | 'logprobs' | 'promptLogprobs'>;

/** The answer of `POST /v1/completions`, parsed once; per-token entries are read only where they are needed. */
import { z } from 'zod';
import { LibraError, messageOf } from '../domain/errors.ts';

/** Thousands of ids a reply: looked at once, not copied one by one. */
const isListOfNumbers = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'number');

const Choice = z.object({
  index: z.number().default(0),
  text: z.string().default(''),
  finish_reason: z.string().nullish(),
  /** vLLM: one entry a prompt token, the first null. */
  prompt_logprobs: z.array(z.unknown()).nullish(),
  prompt_token_ids: z.custom<readonly number[]>(isListOfNumbers).nullish(),
  token_ids: z.custom<readonly number[]>(isListOfNumbers).nullish(),
  /** `libra serve`: the beginning of the prompt was cut, as the request allowed. */
  truncated: z.boolean().nullish(),
  /** `libra serve`: seconds from the request's arrival to this choice's first token and to its end. */
  timing: z.object({ seconds: z.number(), first_token_seconds: z.number() }).nullish().catch(null),
  logprobs: z
    .object({
      tokens: z.array(z.string()),
      token_logprobs: z.array(z.unknown()),
      top_logprobs: z.array(z.record(z.string(), z.unknown()).nullable()).nullish(),
      text_offset: z.array(z.number()).nullish(),
    })
    .nullish(),
});
export type CompletionChoice = z.infer<typeof Choice>;

const Completions = z.object({
  choices: z.array(Choice),
  usage: z.object({ completion_tokens: z.number().nullish() }).nullish(),
});

export interface CompletionsReply {
  /** In the order of the prompts. */
  readonly choices: readonly CompletionChoice[];
  readonly completionTokens: number | null;
}

/** @throws LibraError LIBRA_ENGINE_FAILED when it is not such an answer, or not for that many prompts */
export function readCompletions(reply: unknown, prompts: number): CompletionsReply {
  const parsed = Completions.safeParse(reply);
  const choices = parsed.data?.choices.toSorted((a, b) => a.index - b.index) ?? [];
  if (!parsed.success || choices.length !== prompts) {
    const why = parsed.success
      ? `${choices.length} choices for ${prompts} prompts`
      : messageOf(z.prettifyError(parsed.error));
    throw new LibraError('LIBRA_ENGINE_FAILED', `the server's answer to /v1/completions makes no sense: ${why}`, {
      hint: 'Is it an OpenAI-compatible server of a known kind (vLLM, SGLang, `libra serve`)?',
    });
  }
  return { choices, completionTokens: parsed.data.usage?.completion_tokens ?? null };
}

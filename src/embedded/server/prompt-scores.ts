/** Log-probabilities of a prompt's own tokens, as `echo` and vLLM's `prompt_logprobs` show them. */
import type { Engine } from '../engine.ts';
import type { TokenScores } from '../scorer.ts';
import type { Workload } from './workload.ts';

/** Scores of tokens 1, 2, ... of each prompt (the first has nothing before it). */
export async function scorePrompts(
  work: Workload,
  prompts: readonly (readonly number[])[],
  options: { readonly top: number; readonly wantRanks: boolean; readonly signal: AbortSignal },
): Promise<TokenScores[]> {
  const docs = prompts.map((tokens) => ({ context: tokens.slice(0, 1), continuations: [tokens.slice(1)] }));
  const scores = await work.score(docs, { ...options, top: Math.max(1, options.top) });
  return scores.map(([only]) => only as TokenScores);
}

interface VllmLogprob {
  readonly logprob: number | null;
  readonly rank: number | null;
  readonly decoded_token: string;
}

/**
 * vLLM's shape: entry j belongs to token j; the `top` best and always the token itself, keyed by id.
 * @param named how many best tokens `scores` names at each place, at least `top`
 */
export function vllmPromptLogprobs(
  engine: Engine,
  tokens: readonly number[],
  scores: TokenScores,
  top: number,
  named: number,
): (Record<string, VllmLogprob> | null)[] {
  const width = Math.max(1, named);
  return tokens.map((token, index) => {
    if (index === 0) return null;
    const at = index - 1;
    const entry: Record<string, VllmLogprob> = {};
    const put = (id: number, logprob: number, rank: number) => {
      entry[id] = { logprob: finite(logprob), rank: finite(rank), decoded_token: textOfToken(engine, id) };
    };
    put(token, scores.logprobs[at] as number, scores.ranks[at] as number);
    for (let rank = 0; rank < top; rank++) {
      const id = scores.topIds[at * width + rank] as number;
      if (id !== token) put(id, scores.topLogprobs[at * width + rank] as number, rank + 1);
    }
    return entry;
  });
}

/** One place of OpenAI's `logprobs` lists. */
export interface PlaceLogprobs {
  readonly id: number;
  /** Null for the first token of a text, which nothing predicts. */
  readonly logprob: number | null;
  readonly top: readonly { readonly id: number; readonly logprob: number }[];
}

export function placesOfPrompt(tokens: readonly number[], scores: TokenScores, top: number): PlaceLogprobs[] {
  const width = Math.max(1, top);
  return tokens.map((id, index) => {
    if (index === 0) return { id, logprob: null, top: [] };
    const start = (index - 1) * width;
    const best = Array.from({ length: top }, (_, rank) => ({
      id: scores.topIds[start + rank] as number,
      logprob: scores.topLogprobs[start + rank] as number,
    }));
    return { id, logprob: scores.logprobs[index - 1] as number, top: best };
  });
}

/**
 * OpenAI's completion logprobs: parallel lists, the best tokens keyed by their text.
 * @param options.offset where the first token begins in the text of the choice
 */
export function openaiLogprobs(
  engine: Engine,
  places: readonly PlaceLogprobs[],
  { asIds = false, offset = 0 }: { readonly asIds?: boolean; readonly offset?: number } = {},
) {
  const name = (id: number) => (asIds ? `token_id:${id}` : textOfToken(engine, id));
  let at = offset;
  const offsets = places.map(({ id }) => {
    const start = at;
    at += textOfToken(engine, id).length;
    return start;
  });
  return {
    tokens: places.map(({ id }) => name(id)),
    token_logprobs: places.map(({ logprob }) => finite(logprob)),
    top_logprobs: places.map(({ id, logprob, top }) => (logprob === null ? null : bestByText(id, logprob, top, name))),
    text_offset: offsets,
  };
}

/** Different tokens can have one text; the most probable keeps it, so that "is it the best?" stays answerable. */
function bestByText(id: number, logprob: number, top: PlaceLogprobs['top'], name: (id: number) => string) {
  const best: Record<string, number | null> = {};
  for (const each of [...top, { id, logprob }]) {
    const text = name(each.id);
    if (!(text in best)) best[text] = finite(each.logprob);
  }
  return best;
}

/** JSON has no NaN. */
export function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}

/** Texts of single tokens, asked for again and again. */
const knownTexts = new WeakMap<Engine, Map<number, string>>();

/** The text of one token alone; bytes that are no whole character become U+FFFD. */
export function textOfToken(engine: Engine, id: number): string {
  const known = knownTexts.get(engine) ?? new Map<number, string>();
  knownTexts.set(engine, known);
  const text = known.get(id) ?? engine.tokenizer.decode([id]);
  known.set(id, text);
  return text;
}

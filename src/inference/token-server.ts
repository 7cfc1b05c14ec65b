/** Token ids by a server's own `/tokenize` (vLLM's shape), remembered, without special tokens: which of those to add is our decision. */
import { z } from 'zod';
import { HttpError } from '../system/http.ts';
import type { WireContext } from './wire.ts';

const Tokens = z.object({ tokens: z.array(z.number()) });

export interface TokenServer {
  encode(text: string, signal?: AbortSignal): Promise<readonly number[]>;
}

/** Contexts repeat within a task; old ones are forgotten. */
const REMEMBERED = 20_000;

/** Null when the server has no such path. @throws LibraError when it is lost */
export async function openTokenServer(context: WireContext, signal?: AbortSignal): Promise<TokenServer | null> {
  const known = new Map<string, Promise<readonly number[]>>();
  const ask = async (text: string, stop?: AbortSignal) => {
    const body = { model: context.model, prompt: text, add_special_tokens: false };
    return Tokens.parse(await context.connection.ask('/tokenize', body, stop)).tokens;
  };
  const encode = (text: string, stop?: AbortSignal) => {
    if (text === '') return Promise.resolve([]);
    const before = known.get(text);
    if (before !== undefined) return before;
    const answer = ask(text, stop);
    answer.catch(() => known.delete(text));
    known.set(text, answer);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
    return answer;
  };
  try {
    await ask('The', signal);
    return { encode };
  } catch (error) {
    if (error instanceof HttpError && error.failure !== 'status' && error.failure !== 'not-json') throw error;
    if (error instanceof HttpError || error instanceof z.ZodError) return null;
    throw error;
  }
}

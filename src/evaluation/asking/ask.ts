/** Requests -> responses, each question once: what the plan asked before, or these weights answered before, is not asked again. */
import { LibraError } from '../../domain/errors.ts';
import type { LanguageModel } from '../../domain/language-model.ts';
import type {
  GenerateUntilRequest,
  LoglikelihoodRequest,
  LoglikelihoodRollingRequest,
  Request,
  Response,
} from '../../domain/request.ts';
import { requestKeys } from './request-key.ts';
import type { ResponseCache } from './response-cache.ts';

export interface Asked {
  /** In the order of the requests. */
  readonly responses: readonly Response[];
  readonly counts: AskedCounts;
}

/** Where the responses came from; `asked`, `reused` and `repeated` are all requests together. */
export interface AskedCounts {
  /** Put to the model. */
  readonly asked: number;
  /** Answered from the cache. */
  readonly reused: number;
  /** Asked before in this plan. */
  readonly repeated: number;
  /** Tokens the model scored or generated. */
  readonly tokens: number;
}

export type Ask = (requests: readonly Request[], signal: AbortSignal) => Promise<Asked>;

/** Questions remembered within a plan, so that a huge one does not fill the memory. */
const REMEMBERED = 200_000;

/** Where a question's response stands, or will stand once its call is answered. */
interface Place {
  readonly answers: readonly Response[] | Promise<readonly Response[]>;
  readonly at: number;
}

/** All requests of one call must be of one type; it rejects as the model does. */
export function createAsker(model: LanguageModel, cache: ResponseCache | null): Ask {
  const known = new Map<string, Place>();
  const remember = (key: string, place: Place) => {
    known.set(key, place);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value!);
  };

  return async (requests, signal) => {
    const keys = requestKeys(requests);
    const cached =
      cache?.find([...new Set(keys)].filter((key): key is string => key !== null && !known.has(key))) ?? NONE;
    for (const [key, response] of cached) remember(key, { answers: [response], at: 0 });

    const fresh: { readonly key: string | null; readonly request: Request }[] = [];
    // It begins when this turn is over: by then every question that is not known has its place in it.
    const call = Promise.resolve().then(() => askModel(model, fresh, signal));
    const places = keys.map((key, index) => {
      const place = key === null ? undefined : known.get(key);
      if (place !== undefined) return place;
      const own = { answers: call, at: fresh.push({ key, request: requests[index]! }) - 1 };
      if (key !== null) remember(key, own);
      return own;
    });
    try {
      const answers = await call;
      cache?.keep(fresh.flatMap(({ key }, at) => (key === null ? [] : [[key, answers[at]!] as const])));
    } catch (error) {
      for (const { key } of fresh) if (key !== null) known.delete(key);
      throw error;
    }
    const found = await Promise.all(places.map(async ({ answers, at }) => (await answers)[at]!));
    const own = new Set<number>();
    // A question that was asked before, here or in another batch, took no time now.
    const responses = found.map((response, index) => {
      const place = places[index]!;
      const isAskedNow = place.answers === call && !own.has(place.at);
      if (isAskedNow) own.add(place.at);
      return isAskedNow ? response : untimed(response);
    });
    const tokens = (await call).reduce((sum, response) => sum + response.tokens, 0);
    const repeated = requests.length - fresh.length - cached.size;
    return { responses, counts: { asked: fresh.length, reused: cached.size, repeated, tokens } };
  };
}

function untimed<Known extends Response>(response: Known): Known {
  if (response.timing === undefined) return response;
  const { timing: _timing, ...rest } = response;
  return rest as Known;
}

const NONE: ReadonlyMap<string, Response> = new Map();

async function askModel(
  model: LanguageModel,
  questions: readonly { readonly request: Request }[],
  signal: AbortSignal,
): Promise<Response[]> {
  if (questions.length === 0) return [];
  const requests = questions.map(({ request }) => request);
  const responses = await askByType(model, requests, signal);
  if (responses.length === requests.length) return responses;
  throw new LibraError(
    'LIBRA_ENGINE_FAILED',
    `The engine gave ${responses.length} answers to ${requests.length} requests.`,
    { hint: 'Restart the engine; if it stays so, use another one.' },
  );
}

function askByType(model: LanguageModel, requests: readonly Request[], signal: AbortSignal): Promise<Response[]> {
  switch (requests[0]!.type) {
    case 'loglikelihood':
      return model.loglikelihood(requests as readonly LoglikelihoodRequest[], signal);
    case 'loglikelihood_rolling':
      return model.loglikelihoodRolling(requests as readonly LoglikelihoodRollingRequest[], signal);
    case 'generate_until':
      return model.generateUntil(requests as readonly GenerateUntilRequest[], signal);
  }
}

/** Kept answers: the same weights by the same engine only, whole or not at all. */
import { expect, test } from 'vitest';
import type { ModelDescription } from '../../src/domain/language-model.ts';
import type { Request, Response } from '../../src/domain/request.ts';
import { evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import { requestKeys } from '../../src/evaluation/asking/request-key.ts';
import {
  type AnsweringWeights,
  createResponseCache,
  identityOf,
  type ResponseShelf,
} from '../../src/evaluation/asking/response-cache.ts';
import { scriptedModel } from '../fakes/scripted-model.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

const model: ModelDescription = {
  engine: 'embedded',
  engineVersion: '1.2.3',
  dtype: 'float32',
  device: 'cpu',
  maxLength: 256,
  isVerified: true,
};
const weights: AnsweringWeights = { fingerprint: 'f'.repeat(64), beside: '', model };

/** One shelf for all identities, the worst that a store could do. */
function oneShelf(): ResponseShelf & { readonly rows: Map<string, string> } {
  const rows = new Map<string, string>();
  return {
    rows,
    find: (keys) => new Map(keys.flatMap((key) => (rows.has(key) ? [[key, rows.get(key)!] as const] : []))),
    keep: (entries) => {
      for (const [key, packed] of entries) rows.set(key, packed);
    },
  };
}

const never = () => expect.unreachable();
const generation = { type: 'generate_until', context: 'a', until: ['\n'], maxGenToks: 8, temperature: 0 } as const;

test('other weights, another engine, version, number type, device, length or neighbour file: nothing is known', () => {
  const others: AnsweringWeights[] = [
    { ...weights, fingerprint: `${'f'.repeat(63)}e` },
    { ...weights, beside: 'x' },
    ...Object.entries({
      engine: 'vllm',
      engineVersion: '1.2.4',
      dtype: 'bfloat16',
      device: 'cuda',
      maxLength: 255,
    }).map(([field, value]) => ({ ...weights, model: { ...model, [field]: value } })),
    { ...weights, model: { ...model, maxLength: null } },
  ];
  const identities = [weights, ...others].map((one) => identityOf(one)!);
  expect(new Set(identities).size).toBe(identities.length);
  const shelf = oneShelf();
  const keys = requestKeys([generation]) as string[];
  const answer: Response = { text: 'yes', tokens: 1, finishReason: 'stop' };
  createResponseCache(identities[0]!, shelf, never).keep([[keys[0]!, answer]]);
  expect(createResponseCache(identities[0]!, shelf, never).find(keys)).toEqual(new Map([[keys[0], answer]]));
  for (const identity of identities.slice(1)) {
    expect(createResponseCache(identity, shelf, never).find(keys).size).toBe(0);
  }
});

test('what is not certain is not kept: an unverified server, no fingerprint, an unknown version or number type', () => {
  expect(identityOf({ ...weights, model: { ...model, isVerified: false } })).toBeNull();
  expect(identityOf({ ...weights, fingerprint: '' })).toBeNull();
  expect(identityOf({ ...weights, model: { ...model, engineVersion: 'unknown' } })).toBeNull();
  expect(identityOf({ ...weights, model: { ...model, dtype: 'unknown' } })).toBeNull();
});

/** Same sequence every time: a test that fails must fail again. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}

const random = seededRandom(4);
const below = (n: number) => Math.floor(random() * n);
/** Few letters, so that texts collide often when joined; lone surrogates and separators among them. */
const text = () =>
  Array.from({ length: below(4) }, () => ['a', 'b', '"', ',', '\ud800', '\udc00', '秤'][below(7)]).join('');

function anyRequest(): Request {
  const kind = below(3);
  if (kind === 0) return { type: 'loglikelihood', context: text(), continuation: text() };
  if (kind === 1) return { type: 'loglikelihood_rolling', text: text() };
  return {
    type: 'generate_until',
    context: text(),
    until: Array.from({ length: below(3) }, text),
    maxGenToks: below(3),
    temperature: 0,
    ...(below(2) === 0 ? {} : { topP: below(2) }),
    ...(below(2) === 0 ? {} : { seed: below(2) }),
  };
}

test('over thousands of requests and many checkpoints an answer is only ever the one to this question by these weights', () => {
  const shelf = oneShelf();
  const checkpoints = Array.from({ length: 12 }, (_, at) => {
    const identity = identityOf({ ...weights, fingerprint: `checkpoint ${at}` })!;
    return { at, cache: createResponseCache(identity, shelf, never), given: new Map<string, Response>() };
  });
  for (let round = 0; round < 4000; round++) {
    const { at, cache, given } = checkpoints[below(checkpoints.length)]!;
    const request = anyRequest();
    const key = requestKeys([request])[0]!;
    const plain = JSON.stringify(request);
    expect(cache.find([key]).get(key)).toEqual(given.get(plain));
    const answer: Response =
      request.type === 'generate_until'
        ? { text: `${at}\ud800${plain}`, tokens: below(9), finishReason: below(2) === 0 ? 'stop' : 'length' }
        : request.type === 'loglikelihood'
          ? { logprob: -random() * 10 ** below(20), tokens: below(9), isGreedy: below(2) === 0 }
          : { logprob: -random(), tokens: below(9) };
    if (below(2) === 0) continue;
    cache.keep([[key, answer]]);
    given.set(plain, answer);
  }
  expect(checkpoints.every(({ given }) => given.size > 50)).toBe(true);
});

test('a sampled answer has no key, and numbers that are none are asked again', () => {
  expect(requestKeys([{ ...generation, temperature: 0.5, seed: 1 }])).toEqual([null]);
  const shelf = oneShelf();
  const cache = createResponseCache(identityOf(weights)!, shelf, never);
  cache.keep([['k', { logprob: Number.NaN, isGreedy: false, tokens: 2 }]]);
  cache.keep([['k', { logprob: Number.NEGATIVE_INFINITY, tokens: 2 }]]);
  expect(shelf.rows.size).toBe(0);
});

const task = await loadOne({ 'a.yaml': choiceTask(), 'docs.jsonl': choiceDocs(25) });

async function evaluate(shelf: ResponseShelf, docs: number, logprob: number, spoilt: number[] = []) {
  const asked = scriptedModel({ logprob: () => logprob });
  const cache = createResponseCache(identityOf(weights)!, shelf, (count) => spoilt.push(count));
  const samples = [];
  let reused = 0;
  for await (const batch of evaluatePlan({ plan: [{ task, docs }], model: asked, cache })) {
    samples.push(...batch.samples);
    reused += batch.counts.reused;
  }
  return { samples, reused, asked: asked.calls.flat().length };
}

test('more docs ask only what is new; a damaged answer is told, ignored and asked again', async () => {
  const shelf = oneShelf();
  const first = await evaluate(shelf, 10, -3);
  expect(first).toMatchObject({ reused: 0, asked: 20 });
  const more = await evaluate(shelf, 25, -4);
  expect(more).toMatchObject({ reused: 20, asked: 30 });
  expect(more.samples.slice(0, 10)).toEqual(first.samples);

  const [one, two, three] = [...shelf.rows.keys()] as [string, string, string];
  shelf.rows.set(one, shelf.rows.get(one)!.replace('-3', '-2'));
  shelf.rows.set(two, 'rubbish');
  shelf.rows.set(three, shelf.rows.get(one)!);
  const spoilt: number[] = [];
  expect(await evaluate(shelf, 25, -5, spoilt)).toMatchObject({ reused: 47, asked: 3 });
  expect(spoilt).toEqual([3]);
  expect(await evaluate(shelf, 25, -6, spoilt)).toMatchObject({ reused: 50, asked: 0 });
  expect(spoilt).toEqual([3]);
});

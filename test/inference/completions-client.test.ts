/** The client against a real server of vLLM's wire, with answers that can be computed by hand. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LibraError } from '../../src/domain/errors.ts';
import type { GenerateUntilRequest, LoglikelihoodRequest } from '../../src/domain/request.ts';
import { createCompletionsClient } from '../../src/inference/completions-client.ts';
import { connectEngine, type EngineConnection } from '../../src/inference/engine-connection.ts';
import { NO_FRAME, type TextFrame } from '../../src/inference/text-frame.ts';
import type { WireKind } from '../../src/inference/wire.ts';
import { echoLogprobs } from '../../src/inference/wires/echo-logprobs.ts';
import { promptLogprobs } from '../../src/inference/wires/prompt-logprobs.ts';
import { type Clock, systemClock } from '../../src/system/clock.ts';
import { answersOnly } from '../fakes/answers-only.ts';
import { startFakeEngine } from '../fakes/start-fake-engine.ts';
import { encode, toySum } from '../fakes/toy-model.ts';

const PREFIX = 97;
const MAX_LENGTH = 40;
let server: Awaited<ReturnType<typeof startFakeEngine>>;
let connection: EngineConnection;

beforeAll(async () => {
  server = await startFakeEngine({ maxModelLen: MAX_LENGTH });
});
beforeEach(async () => {
  await server.setFaults({});
  const describeHang = () => new LibraError('LIBRA_ENGINE_FAILED', 'hung', { hint: 'none' });
  connection = connectEngine({ base: server.base, apiKey: null, describeHang });
});
afterAll(() => server[Symbol.asyncDispose]());

async function open(
  kind: WireKind,
  {
    frame = NO_FRAME,
    ...options
  }: { scoring?: { items: number; characters: number }; inFlight?: number; frame?: TextFrame; clock?: Clock } = {},
) {
  const context = { connection, model: 'toy', maxLength: MAX_LENGTH, prefixTokenId: PREFIX, frame };
  const wire = await kind.open(context, { scorePath: null });
  if (wire === null) throw new Error(`${kind.name} is not possible`);
  const description = {
    ...{ engine: 'toy', engineVersion: '0', dtype: 'float32', device: 'cpu' },
    ...{ maxLength: MAX_LENGTH, isVerified: true },
  };
  return createCompletionsClient({ connection, model: 'toy', wire, description, ...options });
}

const ask = (context: string, continuation: string): LoglikelihoodRequest => ({
  type: 'loglikelihood',
  context,
  continuation,
});
const generation = (context: string, more: Partial<GenerateUntilRequest> = {}): GenerateUntilRequest => ({
  ...{ type: 'generate_until', context, until: [], maxGenToks: 5, temperature: 0 },
  ...more,
});

describe.each([promptLogprobs, echoLogprobs])('log-likelihoods by $name', (kind) => {
  it('are sums over the continuation, with the greedy flag and the number of tokens', async () => {
    const model = await open(kind);
    const [greedy, other] = answersOnly(await model.loglikelihood([ask('abc', 'def'), ask('abc', 'dexyz')]));
    expect(greedy).toEqual({ logprob: expect.closeTo(-0.3, 10), isGreedy: true, tokens: 3 });
    expect(other).toEqual({ logprob: expect.closeTo(toySum(encode('abcdexyz'), 5), 10), isGreedy: false, tokens: 5 });
  });

  it('count white space at the end of the context into the continuation', async () => {
    const model = await open(kind);
    const [spaced] = await model.loglikelihood([ask('ab \n', 'cd')]);
    expect(spaced).toMatchObject({ logprob: expect.closeTo(toySum(encode('ab \ncd'), 4), 10), tokens: 4 });
  });

  it('split by tokens of the context where a token lies across the border', async () => {
    const model = await open(kind);
    const [across] = await model.loglikelihood([ask('aq', 'uit')]);
    // "aq" alone is two tokens and so is "aqu": the continuation is what comes after two tokens.
    expect(across).toMatchObject({ logprob: expect.closeTo(toySum(encode('aquit'), 2), 10), tokens: 2 });
  });

  it('count in code points, as servers in Python do', async () => {
    const model = await open(kind);
    const [answer] = await model.loglikelihood([ask('天秤🙂', '座🙂🙂')]);
    expect(answer).toMatchObject({ logprob: expect.closeTo(toySum(encode('天秤🙂座🙂🙂'), 3), 10), tokens: 3 });
  });

  it('come back in the order asked, whatever the batches', async () => {
    const model = await open(kind, { scoring: { items: 3, characters: 30 }, inFlight: 4 });
    const requests = Array.from({ length: 40 }, (_, i) => ask(`doc${i >> 2}`, String.fromCodePoint(100 + i)));
    const answers = await model.loglikelihood(requests);
    const expected = requests.map((one) => toySum(encode(one.context + one.continuation), 1));
    expect(answers.map((one) => one.logprob)).toEqual(expected.map((value) => expect.closeTo(value, 10)));
  });

  it('turn -9999.0 into NaN for that item only', async () => {
    await server.setFaults({ minusInfinity: 'bad' });
    const model = await open(kind);
    const answers = await model.loglikelihood([ask('good', 'x'), ask('bad', 'x'), ask('fine', 'x')]);
    expect(answers.map((one) => Number.isNaN(one.logprob))).toEqual([false, true, false]);
    expect(answers[1]!.isGreedy).toBe(false);
  });

  it('say what their call took, and how many tokens stood before them', async () => {
    let looks = 0;
    const clock = { ...systemClock, now: () => 5000, monotonic: () => (looks++ === 0 ? 1000 : 1250) };
    const model = await open(kind, { clock });
    const answers = await model.loglikelihood([ask('abc', 'def'), ask('abc', 'dexyz')]);
    for (const { timing } of answers) expect(timing).toEqual({ sentAt: 5000, seconds: 0.25 });
    expect(answers.map(({ promptTokens }) => promptTokens)).toEqual([3, 3]);
  });

  it('are not to be had where the server gives none', async () => {
    await server.setFaults({ tokenize: 'missing', echo: 'missing' });
    await expect(open(kind)).rejects.toThrow('not possible');
  });
});

describe('prompt-logprobs', () => {
  it('adds what the tokenizer adds to contexts, once, and nothing to a continuation', async () => {
    const frame = { before: [PREFIX], after: [], scoredOpening: '<s>', continuedOpening: '<s>' };
    const model = await open(promptLogprobs, { frame });
    const before = (await server.seen('/v1/completions')).length;
    const [answer] = await model.loglikelihood([ask('ab', 'cd'), ask('<s>ab', 'c'), ask('', 'ef')]);
    await model.generateUntil([generation('gh')]);
    const [scored, generated] = (await server.seen('/v1/completions')).slice(before);
    expect(answer?.tokens).toBe(2);
    expect(scored?.body.prompt).toEqual([[PREFIX, ...encode('abcd')], encode('<s>abc'), [PREFIX, ...encode('ef')]]);
    expect(generated?.body.prompt).toEqual([[PREFIX, ...encode('gh')]]);
  });

  it('sends token ids that it decided itself, all choices of a doc in one request', async () => {
    const model = await open(promptLogprobs);
    const before = (await server.seen('/v1/completions')).length;
    await model.loglikelihood([ask('question', 'a'), ask('question', 'b'), ask('', 'cd')]);
    const seen = (await server.seen('/v1/completions')).slice(before);
    expect(seen.map((one) => one.body.prompt)).toEqual([
      [encode('questiona'), encode('questionb'), [PREFIX, ...encode('cd')]],
    ]);
  });

  it('cuts a context that is too long on its left, one place kept for the token that must be generated', async () => {
    const model = await open(promptLogprobs);
    const context = 'abcdefghij'.repeat(20);
    const [answer] = await model.loglikelihood([ask(context, 'kl')]);
    expect(answersOnly([answer!])[0]).toEqual({
      logprob: expect.closeTo(-0.2, 10),
      isGreedy: true,
      tokens: 2,
      isCut: true,
    });
    const [last] = (await server.seen('/v1/completions')).slice(-1);
    expect((last!.body.prompt as number[][])[0]).toHaveLength(MAX_LENGTH - 1);
  });

  it('finds the one NaN that makes the server fail a whole batch', async () => {
    await server.setFaults({ nan: 'bad' });
    const model = await open(promptLogprobs);
    const requests = Array.from({ length: 13 }, (_, i) => ask(i === 9 ? 'bad' : `ok${i}`, 'x'));
    const answers = await model.loglikelihood(requests);
    expect(answers.map((one) => Number.isFinite(one.logprob))).toEqual(requests.map((_, i) => i !== 9));
  });

  it('rolls over a text that is longer than the model, every token predicted once', async () => {
    const model = await open(promptLogprobs);
    const text = 'the quick brown fox '.repeat(6).trim();
    const tokens = encode(text);
    const [short, long] = answersOnly(
      await model.loglikelihoodRolling([
        { type: 'loglikelihood_rolling', text: 'bcd' },
        { type: 'loglikelihood_rolling', text },
      ]),
    );
    expect(short).toEqual({ logprob: expect.closeTo(-0.3, 10), tokens: 3 });
    // The toy model looks one token back only, so windows change nothing.
    expect(long).toEqual({
      logprob: expect.closeTo(toySum([PREFIX, ...tokens], tokens.length), 8),
      tokens: tokens.length,
    });
  });

  it('is refused where prompt_logprobs are missing or silently null', async () => {
    for (const promptLogprobsFault of ['missing', 'null'] as const) {
      await server.setFaults({ promptLogprobs: promptLogprobsFault });
      await expect(open(promptLogprobs)).rejects.toThrow('not possible');
    }
  });
});

describe('echo-logprobs', () => {
  it('asks for one token where none is refused, and drops it', async () => {
    await server.setFaults({ echo: 'one' });
    const model = await open(echoLogprobs);
    const [answer] = await model.loglikelihood([ask('abc', 'def')]);
    expect(answer).toMatchObject({ logprob: expect.closeTo(-0.3, 10), tokens: 3 });
  });
});

describe('generations', () => {
  it('cut the output before the first stop string, also beyond the four that are sent', async () => {
    const model = await open(promptLogprobs);
    const answers = await model.generateUntil([
      generation('abc'),
      generation('abc', { until: ['f'] }),
      generation('abc', { until: ['z', 'y', 'x', 'w', 'e'] }),
      generation('lmn'),
    ]);
    expect(answersOnly(answers)).toEqual([
      { text: 'defgh', tokens: 5, finishReason: 'length' },
      { text: 'de', tokens: 2, finishReason: 'stop' },
      { text: 'd', tokens: 5, finishReason: 'stop' },
      { text: 'opqrs', tokens: 5, finishReason: 'length' },
    ]);
  });

  it('share a request when nothing but the context differs, greedy in every respect', async () => {
    const model = await open(promptLogprobs);
    const before = (await server.seen('/v1/completions')).length;
    await model.generateUntil([generation('a'), generation('b'), generation('c'), generation('d', { maxGenToks: 9 })]);
    const bodies = (await server.seen('/v1/completions')).slice(before).map((one) => one.body);
    expect(bodies.map((body) => (body.prompt as unknown[]).length).sort()).toEqual([1, 3]);
    expect(bodies[0]).toMatchObject({ temperature: 0, top_p: 1, repetition_penalty: 1 });
  });

  it('cut a context so that the new tokens fit', async () => {
    const model = await open(promptLogprobs);
    const [answer] = await model.generateUntil([generation('x'.repeat(100), { maxGenToks: 12 })]);
    expect(answer!.tokens).toBe(12);
  });

  it('tell tokens also where the server gives only a total', async () => {
    const model = await open(echoLogprobs);
    const answers = await model.generateUntil([generation('abc'), generation('klm')]);
    expect(answers.map((one) => one.tokens)).toEqual([5, 5]);
  });
});

describe('trouble', () => {
  it.each([['reset'], [503], [429], [502]] as const)('tries again after %s', async (fault) => {
    const model = await open(promptLogprobs);
    await server.setFaults({ next: [fault, fault] });
    const [answer] = await model.loglikelihood([ask('abc', 'd')]);
    expect(answer!.logprob).toBeCloseTo(-0.1, 10);
  });

  it.each([[400], [404], [422], [500]])(
    'does not try again after %s, and passes on what the server said',
    async (status) => {
      const model = await open(promptLogprobs);
      await server.setFaults({ next: [status] });
      const before = (await server.seen('/v1/completions')).length;
      await expect(model.loglikelihood([ask('abc', 'd')])).rejects.toMatchObject({
        code: 'LIBRA_ENGINE_FAILED',
        message: expect.stringContaining(`planted ${status}`),
      });
      expect((await server.seen('/v1/completions')).length - before).toBe(1);
    },
  );

  it('calls off everything with the signal, and gives its reason', async () => {
    const model = await open(promptLogprobs, { scoring: { items: 1, characters: 100 } });
    const stop = new AbortController();
    const reason = new Error('enough');
    const asked = model.loglikelihood(
      Array.from({ length: 500 }, (_, i) => ask(`c${i}`, 'x')),
      stop.signal,
    );
    stop.abort(reason);
    await expect(asked).rejects.toBe(reason);
  });

  it('answers an empty list with an empty list', async () => {
    const model = await open(promptLogprobs);
    expect(await model.loglikelihood([])).toEqual([]);
    expect(await model.generateUntil([])).toEqual([]);
  });
});

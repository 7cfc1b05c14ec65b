/** The official `openai` client against a real `libra serve`. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import OpenAI, {
  APIUserAbortError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
} from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const TEMPLATE =
  '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}';
const MODEL = 'team/model';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: EngineProcess;
let client: OpenAI;
beforeAll(async () => {
  directory = await temporaryDirectory();
  await writeSeeded('llama3_rope', directory.path);
  await writeFile(join(directory.path, 'chat_template.jinja'), TEMPLATE);
  engine = await startEngine([directory.path, '--served-model-name', MODEL], { LIBRA_ENGINE_KEY: 'secret key' });
  client = new OpenAI({ baseURL: `${engine.ready.url}/v1`, apiKey: 'secret key', maxRetries: 0 });
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const greedy = { model: MODEL, temperature: 0, max_tokens: 12 } as const;
const messages = [{ role: 'user', content: 'hi' }] as const;
const state = async () => (await engine.get('/health')).json;
const idle = async () => {
  while (true) {
    const { waiting, decoding, scoring, scoring_waiting: queued } = await state();
    if (waiting + decoding + scoring + queued === 0) return;
  }
};

test('models are listed and retrieved, one with a slash in its name too', async () => {
  const listed = (await client.models.list()).data;
  expect(listed.map(({ id }) => id)).toEqual([MODEL]);
  expect(await client.models.retrieve(MODEL)).toEqual(listed[0]);
  await expect(client.models.retrieve('gpt-4o')).rejects.toThrow(NotFoundError);
});

test('completions with log-probabilities, whole and streamed, are the same', async () => {
  const ask = { ...greedy, prompt: 'once upon', logprobs: 2 };
  const whole = await client.completions.create(ask);
  const [choice] = whole.choices;
  expect(choice!.logprobs!.tokens).toHaveLength(12);
  expect(choice!.logprobs!.tokens!.join('')).toBe(choice!.text);
  expect(choice!.logprobs!.top_logprobs![0]).toEqual(expect.any(Object));
  expect(whole._request_id).toMatch(/\w{8}/);

  const stream = await client.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const last = chunks.pop()!;
  expect(last).toMatchObject({ choices: [], usage: whole.usage });
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  const pieces = chunks.map((chunk) => chunk.choices[0]!);
  expect(pieces.length).toBeGreaterThan(3);
  expect(pieces.map(({ text }) => text).join('')).toBe(choice!.text);
  expect(pieces.at(-1)!.finish_reason).toBe('length');
  const joined = (name: 'tokens' | 'token_logprobs' | 'top_logprobs' | 'text_offset') =>
    pieces.flatMap(({ logprobs }) => (logprobs?.[name] ?? []) as unknown[]);
  expect(joined('tokens')).toEqual(choice!.logprobs!.tokens);
  expect(joined('top_logprobs').length).toBe(12);
  expect(joined('text_offset')).toEqual(choice!.logprobs!.text_offset);
  joined('token_logprobs').forEach((value, index) => {
    expect(value).toBeCloseTo(choice!.logprobs!.token_logprobs![index]!, 4);
  });
});

test('an echoed prompt is streamed with its own log-probabilities', async () => {
  const ask = { ...greedy, prompt: 'once upon', logprobs: 1, echo: true, max_tokens: 3 };
  const whole = (await client.completions.create(ask)).choices[0]!;
  let [text, tokens]: [string, string[]] = ['', []];
  for await (const { choices } of await client.completions.create({ ...ask, stream: true })) {
    text += choices[0]!.text;
    tokens = [...tokens, ...(choices[0]!.logprobs?.tokens ?? [])];
  }
  expect(text).toBe(whole.text);
  expect(text.startsWith('once upon')).toBe(true);
  expect(tokens).toEqual(whole.logprobs!.tokens);
});

test('several prompts and choices keep their places, streamed too', async () => {
  const ask = { ...greedy, prompt: ['a b', 'c d', 'e f'], n: 2, temperature: 1, seed: 5 };
  const whole = (await client.completions.create(ask)).choices;
  expect(whole.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5]);
  const texts = whole.map(() => '');
  for await (const { choices } of await client.completions.create({ ...ask, stream: true })) {
    texts[choices[0]!.index] += choices[0]!.text;
  }
  expect(texts).toEqual(whole.map(({ text }) => text));
});

test('chat, with everything a client may send that changes nothing', async () => {
  const parts = [
    { type: 'text', text: 'h' },
    { type: 'text', text: 'i' },
  ] as const;
  const plain = await client.chat.completions.create({ ...greedy, messages: [...messages] });
  const decorated = await client.chat.completions.create({
    model: MODEL,
    temperature: 0,
    max_completion_tokens: 12,
    messages: [{ role: 'user', content: [...parts], name: 'me' }],
    user: 'me',
    metadata: { purpose: 'test' },
    store: false,
    service_tier: 'auto',
    parallel_tool_calls: true,
    tool_choice: 'none',
    response_format: { type: 'text' },
    presence_penalty: 0,
    logit_bias: {},
    stop: null,
    // @ts-expect-error: a field nobody knows
    unheard_of: { deep: [1] },
  });
  expect(decorated.choices).toEqual(plain.choices);
  expect(plain.choices[0]).toMatchObject({ finish_reason: 'length', message: { role: 'assistant', refusal: null } });
  expect(plain.usage!.completion_tokens).toBe(12);
});

test('streamed chat has roles, log-probabilities, several choices and usage', async () => {
  const ask = { ...greedy, messages: [...messages], n: 2, logprobs: true, top_logprobs: 3 };
  const whole = await client.chat.completions.create(ask);
  const chunks = [];
  const stream = await client.chat.completions.create({
    ...ask,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks.at(-1)).toMatchObject({ object: 'chat.completion.chunk', choices: [], usage: whole.usage });
  for (const index of [0, 1]) {
    const own = chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index));
    expect(own[0]!.delta).toMatchObject({ role: 'assistant', content: '' });
    expect(own.map(({ delta }) => delta.content ?? '').join('')).toBe(whole.choices[index]!.message.content);
    const places = own.flatMap(({ logprobs }) => logprobs?.content ?? []);
    expect(places.map(({ token }) => token)).toEqual(
      whole.choices[index]!.logprobs!.content!.map(({ token }) => token),
    );
    expect(places[0]!.top_logprobs).toHaveLength(3);
    expect(own.at(-1)!.finish_reason).toBe('length');
  }
  const helped = await client.chat.completions.stream({ ...greedy, messages: [...messages] }).finalContent();
  expect(helped).toBe(whole.choices[0]!.message.content);
});

test('text ends before a stop string, whole and streamed', async () => {
  const ask = { ...greedy, messages: [...messages], max_tokens: 40 };
  const text = (await client.chat.completions.create(ask)).choices[0]!.message.content!;
  const stop = [text.slice(7, 10), 'never there'];
  const stopped = (await client.chat.completions.create({ ...ask, stop })).choices[0]!;
  expect(stopped).toMatchObject({ finish_reason: 'stop', message: { content: text.slice(0, text.indexOf(stop[0]!)) } });
  let streamed = '';
  for await (const { choices } of await client.chat.completions.create({ ...ask, stop, stream: true })) {
    streamed += choices[0]?.delta.content ?? '';
  }
  expect(streamed).toBe(stopped.message.content);
});

test('errors are of the client’s own classes, and name the field', async () => {
  const chat = (more: object) => client.chat.completions.create({ ...greedy, messages: [...messages], ...more });
  // Asked one after the other: a refusal that nobody waits for yet would be an unhandled rejection.
  const cases: [() => Promise<unknown>, typeof BadRequestError | typeof NotFoundError, string, string][] = [
    [() => chat({ temperature: -1 }), BadRequestError, 'temperature', 'invalid_value'],
    [() => chat({ max_tokens: 5000 }), BadRequestError, 'messages', 'context_length_exceeded'],
    [() => chat({ tools: [{ type: 'function' }] }), BadRequestError, 'tools', 'unsupported_parameter'],
    [
      () => chat({ response_format: { type: 'json_object' } }),
      BadRequestError,
      'response_format',
      'unsupported_parameter',
    ],
    [() => chat({ top_logprobs: 2 }), BadRequestError, 'top_logprobs', 'invalid_value'],
    [() => chat({ messages: [] }), BadRequestError, 'messages', 'invalid_value'],
    [() => chat({ model: 'gpt-4o' }), NotFoundError, 'model', 'model_not_found'],
    [() => chat({ stream: true, temperature: 'hot' }), BadRequestError, 'temperature', 'invalid_value'],
  ];
  for (const [ask, kind, param, code] of cases) {
    const error = await ask()
      .then(() => null)
      .catch((reason) => reason);
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ param, code, type: 'invalid_request_error' });
  }
  const long = await chat({ max_tokens: 5000 }).catch((error) => error.message);
  expect(long).toMatch(/maximum context length is 128 tokens. However, you requested \d+ tokens/);
  const stranger = new OpenAI({ baseURL: `${engine.ready.url}/v1`, apiKey: 'another', maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toThrow(AuthenticationError);
});

test('a call that is aborted in the middle frees its work', async () => {
  const long = { model: MODEL, prompt: Array(40).fill('a b c'), max_tokens: 100, ignore_eos: true };
  const stream = await client.completions.create({ ...long, stream: true });
  for await (const chunk of stream) {
    expect(chunk.choices).toHaveLength(1);
    stream.controller.abort();
  }
  await idle();
  const leaving = new AbortController();
  const call = client.completions.create(
    { ...greedy, prompt: Array(40).fill('a b'), n: 4 },
    { signal: leaving.signal },
  );
  leaving.abort();
  await expect(call).rejects.toThrow(APIUserAbortError);
  await expect(
    client.completions.create({ ...greedy, prompt: Array(60).fill('a b'), n: 40, max_tokens: 100 }, { timeout: 100 }),
  ).rejects.toThrow(/timed out/);
  await idle();
  expect((await client.completions.create({ ...greedy, prompt: 'a' })).choices).toHaveLength(1);
});

test('a client that was turned away for load comes back after what Retry-After says', async () => {
  const answers = [503, 200];
  const times: number[] = [];
  const retrying = new OpenAI({
    baseURL: `${engine.ready.url}/v1`,
    apiKey: 'secret key',
    maxRetries: 1,
    fetch: async (url, init) => {
      times.push(performance.now());
      if (answers.shift() !== 503) return fetch(url, init);
      const { overloaded, errorReply } = await import('../../src/embedded/server/api-error.ts');
      const { status, headers, body } = errorReply(overloaded('too many requests at once'));
      return new Response(JSON.stringify(body), {
        status,
        headers: { 'content-type': 'application/json', ...headers },
      });
    },
  });
  expect((await retrying.models.list()).data).toHaveLength(1);
  expect(times[1]! - times[0]!).toBeGreaterThan(950);
  const never = new OpenAI({
    baseURL: `${engine.ready.url}/v1`,
    apiKey: 'secret key',
    maxRetries: 0,
    fetch: async () => new Response('{"error":{"message":"full","type":"server_error"}}', { status: 503 }),
  });
  await expect(never.models.list()).rejects.toThrow(InternalServerError);
});

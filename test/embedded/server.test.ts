/** The wire of a real server process over seeded checkpoints. */
import { open, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/embedded/weights/safetensors.ts';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { recorded } from './recorded/recorded.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const truth = recorded.models.llama3_rope!;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe('a healthy checkpoint', () => {
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engine: EngineProcess;
  beforeAll(async () => {
    directory = await temporaryDirectory();
    const checkpoint = await writeSeeded('llama3_rope', join(directory.path, 'checkpoint-7'));
    engine = await startEngine([checkpoint, '--socket', join(directory.path, 's.sock'), '--fingerprint', 'abc']);
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  });

  test('says what it serves', async () => {
    expect(engine.ready).toMatchObject({ ready: true, model: 'checkpoint-7', fingerprint: 'abc', max_model_len: 128 });
    expect((await engine.get('/health')).status).toBe(200);
    const { json } = await engine.get('/v1/models');
    expect(json.data).toMatchObject([{ id: 'checkpoint-7', max_model_len: 128, fingerprint: 'abc' }]);
    expect(json.libra).toEqual({
      score: '/v1/score',
      version: expect.stringMatching(/^\d+\.\d+\.\d+, onnxruntime \d/),
      dtype: 'float32',
      device: 'cpu',
    });
  });

  test('the checkpoint is left as it was, and nothing of the load stays behind', async () => {
    const files = await readdir(join(directory.path, 'checkpoint-7'));
    expect(files.sort()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json']);
    expect((await stat(join(directory.path, 'checkpoint-7/model.safetensors'))).nlink).toBe(1);
    expect((await stat(join(directory.path, 's.sock'))).mode & 0o077).toBe(0);
  });

  test('/v1/score gives the sums of transformers for texts and for tokens, in the order asked', async () => {
    const continuations = truth.continuations.map(({ text }) => text);
    const tokens = (await engine.post('/tokenize', { prompts: [truth.context] })).json.tokens[0];
    const items = [
      { context: truth.context, continuations },
      { context: tokens, continuations: [[5], [6, 7]] },
      { context: truth.sequence.slice(0, 1), continuations: [truth.sequence.slice(1)] },
    ];
    const { json, status } = await engine.post('/v1/score', { model: 'checkpoint-7', items });
    expect(status).toBe(200);
    truth.continuations.forEach((wanted, index) => {
      expect(json.items[0][index].logprob).toBeCloseTo(sum(wanted.logprobs), 3);
      expect(json.items[0][index]).toMatchObject({
        is_greedy: wanted.ranks.every((rank) => rank === 1),
        tokens: wanted.logprobs.length,
      });
    });
    expect(json.items[1].map(({ tokens: count }: { tokens: number }) => count)).toEqual([1, 2]);
    expect(json.items[2][0].logprob).toBeCloseTo(sum(truth.whole.logprobs), 3);
  });

  test('/v1/score rolls over texts longer than the model, each token once', async () => {
    const long = Array.from({ length: 300 }, (_, index) => (index * 53 + 7) % 1024);
    const { json } = await engine.post('/v1/score', { rolling: [long, 'a short text', ''] });
    const windows = [
      { context: [0], continuations: [long.slice(0, 128)] },
      { context: [long[127]], continuations: [long.slice(128, 256)] },
      { context: long.slice(300 - 129, 256), continuations: [long.slice(256)] },
    ];
    const parts = await engine.post('/v1/score', { items: windows });
    const total = sum(parts.json.items.map(([only]: [{ logprob: number }]) => only.logprob));
    expect(json.rolling[0]).toMatchObject({ tokens: 300, logprob: expect.closeTo(total, 3) });
    expect(json.rolling[2]).toEqual({ tokens: 0, logprob: 0 });
  });

  test('completions echo log-probabilities, and prompt_logprobs has the shape of vLLM', async () => {
    const body = {
      prompt: [truth.sequence],
      max_tokens: 0,
      echo: true,
      logprobs: 1,
      prompt_logprobs: 1,
      return_token_ids: true,
    };
    const { json } = await engine.post('/v1/completions', body);
    const [choice] = json.choices;
    expect(choice.prompt_token_ids).toEqual(truth.sequence);
    expect(choice.logprobs.token_logprobs[0]).toBeNull();
    expect(choice.prompt_logprobs[0]).toBeNull();
    truth.whole.logprobs.forEach((value, index) => {
      const entry = choice.prompt_logprobs[index + 1];
      expect(entry[truth.sequence[index + 1]!].logprob).toBeCloseTo(value, 4);
      expect(entry[truth.sequence[index + 1]!].rank).toBe(truth.whole.ranks[index]);
      expect(entry[truth.whole.best[index]!].rank).toBe(1);
      expect(choice.logprobs.token_logprobs[index + 1]).toBeCloseTo(value, 4);
    });
    expect(json.usage).toEqual({ prompt_tokens: 100, completion_tokens: 0, total_tokens: 100 });
  });

  test('completions are those of transformers, whole and streamed, cut at stop strings', async () => {
    const body = { prompt: truth.prompts, max_tokens: 64, temperature: 0, return_token_ids: true, logprobs: 2 };
    const { json } = await engine.post('/v1/completions', body);
    expect(json.choices.map(({ token_ids }: { token_ids: number[] }) => token_ids)).toEqual(truth.greedy);
    expect(json.choices[0].logprobs.token_logprobs).toHaveLength(64);
    const text: string = json.choices[0].text;

    const streamed = await engine.post('/v1/completions', {
      prompt: truth.prompts[0],
      max_tokens: 64,
      temperature: 0,
      stream: true,
    });
    const events = streamed.text
      .split('\n\n')
      .filter(Boolean)
      .map((line) => line.slice('data: '.length));
    expect(events.pop()).toBe('[DONE]');
    const chunks = events.map((event) => JSON.parse(event).choices[0]);
    expect(chunks.map((chunk) => chunk.text).join('')).toBe(text);
    expect(chunks.at(-1).finish_reason).toBe('length');

    const stop = text.slice(9, 12);
    const stopped = await engine.post('/v1/completions', {
      prompt: truth.prompts[0],
      max_tokens: 64,
      temperature: 0,
      stop,
    });
    expect(stopped.json.choices[0]).toMatchObject({ text: text.slice(0, text.indexOf(stop)), finish_reason: 'stop' });
    expect(stopped.json.usage.completion_tokens).toBeLessThan(64);
  });

  test('n choices and seeds', async () => {
    const body = { prompt: 'once', max_tokens: 8, temperature: 1, n: 3, seed: 11 };
    const texts = async () =>
      (await engine.post('/v1/completions', body)).json.choices.map(({ text }: { text: string }) => text);
    const first = await texts();
    expect(new Set(first).size).toBe(3);
    expect(await texts()).toEqual(first);
  });

  const REFUSED: [string, string, unknown, number, string][] = [
    ['not JSON', '/v1/completions', '{"prompt": ', 400, 'invalid_json'],
    ['not an object', '/v1/score', '[1]', 400, 'invalid_json'],
    ['no prompt', '/v1/completions', {}, 400, 'invalid_value'],
    ['an empty prompt', '/v1/completions', { prompt: '' }, 400, 'invalid_value'],
    [
      'a prompt too long',
      '/v1/completions',
      { prompt: Array(120).fill(5), max_tokens: 9 },
      400,
      'context_length_exceeded',
    ],
    [
      'a continuation too long',
      '/v1/score',
      { items: [{ context: 'a', continuations: [Array(129).fill(5)] }] },
      400,
      'context_length_exceeded',
    ],
    ['an id out of the vocabulary', '/v1/completions', { prompt: [5, 1024] }, 400, 'invalid_value'],
    ['a negative id', '/v1/score', { items: [{ context: [1], continuations: [[-1]] }] }, 400, 'invalid_value'],
    ['a fractional id', '/v1/score', { items: [{ context: [1.5], continuations: [[1]] }] }, 400, 'invalid_value'],
    ['a mixed prompt', '/v1/completions', { prompt: [5, 'a'] }, 400, 'invalid_value'],
    ['items that are no items', '/v1/score', { items: [7] }, 400, 'invalid_value'],
    ['a wrong type', '/v1/completions', { prompt: 'a', temperature: 'hot' }, 400, 'invalid_value'],
    ['too many logprobs', '/v1/completions', { prompt: 'a', logprobs: 21 }, 400, 'invalid_value'],
    [
      'what would change the answer',
      '/v1/completions',
      { prompt: 'a', presence_penalty: 1 },
      400,
      'unsupported_parameter',
    ],
    ['another model', '/v1/completions', { prompt: 'a', model: 'gpt' }, 404, 'model_not_found'],
    [
      'chat without a template',
      '/v1/chat/completions',
      { messages: [{ role: 'user', content: 'hi' }] },
      400,
      'no_chat_template',
    ],
    ['an unknown path', '/v1/embeddings', {}, 404, 'not_found'],
    ['the wrong method', '/v1/models', {}, 405, 'method_not_allowed'],
  ];
  test.each(REFUSED)('%s is refused as OpenAI does', async (_name, path, body, status, code) => {
    const reply = await engine.post(path, body);
    expect(reply.status).toBe(status);
    expect(reply.json.error).toMatchObject({
      code,
      type: expect.stringMatching(/error$/),
      message: expect.stringMatching(/\w+ \w+/),
    });
  });

  test('a body of more than 64 MB is refused before it is kept', async () => {
    const reply = await engine.post('/v1/score', `"${'x'.repeat(65 * 1024 * 1024)}"`);
    expect(reply.status).toBe(413);
    expect((await engine.get('/health')).status).toBe(200);
  });

  test('a client that leaves frees its work', async () => {
    const state = async () => (await engine.get('/health')).json;
    const many = Array.from({ length: 100 }, (_, index) => [index + 1, 5, 6]);
    const leaving = engine.open('/v1/completions', { prompt: many, max_tokens: 120, ignore_eos: true });
    const before = (await state()).generated;
    while ((await state()).decoding === 0);
    leaving.destroy();
    while ((await state()).decoding + (await state()).waiting > 0);
    expect((await state()).generated - before).toBeLessThan(100 * 120 * 0.9);
  });
});

test('a chat template is the tokenizer’s own', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('llama3_rope', directory.path);
  const template =
    '{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}';
  await writeFile(join(directory.path, 'chat_template.jinja'), template);
  await using engine = await startEngine([directory.path, '--served-model-name', 'chat']);
  const ask = { temperature: 0, max_tokens: 6, model: 'chat' };
  const chat = await engine.post('/v1/chat/completions', { ...ask, messages: [{ role: 'user', content: 'hi' }] });
  const plain = await engine.post('/v1/completions', { ...ask, prompt: 'user: hi\nassistant:' });
  expect(chat.json.choices[0].message).toEqual({
    role: 'assistant',
    content: plain.json.choices[0].text,
    refusal: null,
  });
  const parts = [{ type: 'text', text: 'hi' }];
  const streamed = await engine.post('/v1/chat/completions', {
    ...ask,
    stream: true,
    messages: [{ role: 'user', content: parts }],
  });
  const pieces = [...streamed.text.matchAll(/"content":("(?:[^"\\]|\\.)*")/g)].map((match) => JSON.parse(match[1]!));
  expect(pieces.join('')).toBe(plain.json.choices[0].text);
});

test('without the key nobody gets in', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  await using engine = await startEngine([directory.path, '--port', '0'], { LIBRA_ENGINE_KEY: 'let me in' });
  expect((await engine.get('/health')).status).toBe(200);
  expect((await engine.get('/v1/models')).json.error).toMatchObject({ code: 'invalid_api_key' });
  expect((await engine.get('/v1/models', { authorization: 'Bearer let me in!' })).status).toBe(401);
  expect((await engine.get('/v1/models', { authorization: 'Bearer let me in' })).status).toBe(200);
});

test('a diverged checkpoint answers null and says so', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  await poison(join(directory.path, 'model.safetensors'), 'model.norm.weight');
  await using engine = await startEngine([directory.path]);
  const items = [{ context: 'a', continuations: [' b', ' c d'] }];
  const { text, json } = await engine.post('/v1/score', { items, rolling: ['a b c'] });
  expect(text).not.toMatch(/NaN/);
  expect(json.items[0]).toMatchObject([{ logprob: null, non_finite: true, is_greedy: false }, { logprob: null }]);
  expect(json.rolling[0]).toMatchObject({ logprob: null, non_finite: true });
  const body = { prompt: [5, 6, 7], max_tokens: 4, echo: true, logprobs: 1, prompt_logprobs: 1 };
  for (const temperature of [0, 1]) {
    const completion = await engine.post('/v1/completions', { ...body, temperature });
    expect(completion.status).toBe(200);
    expect(completion.json.choices[0]).toMatchObject({ non_finite: true, finish_reason: 'stop' });
    expect(completion.json.choices[0].logprobs.token_logprobs).toEqual([null, null, null]);
  }
});

test('one token that overflows spoils no other doc of its batch', async () => {
  await using directory = await temporaryDirectory();
  await writeSeeded('plain', directory.path);
  // Token 9's embedding becomes NaN; the table is tied, so its logit is NaN for everyone: untied weights are needed.
  await writeSeeded('untied_with_biases', join(directory.path, 'untied'));
  const shard = join(directory.path, 'untied/model-00001-of-00002.safetensors');
  await poison(shard, 'model.embed_tokens.weight', 9 * 48, 48);
  await using engine = await startEngine([join(directory.path, 'untied')]);
  const clean = { context: [5, 6], continuations: [[7, 8], [3]] };
  const alone = await engine.post('/v1/score', { items: [clean] });
  const items = [
    {
      context: [5, 6],
      continuations: [
        [9, 8],
        [7, 8],
      ],
    },
    clean,
    { context: [9], continuations: [[1, 2, 3]] },
    clean,
  ];
  const { json } = await engine.post('/v1/score', { items });
  expect(json.items[0][0]).toMatchObject({ logprob: null, non_finite: true });
  expect(json.items[0][1].logprob).toBeCloseTo(alone.json.items[0][0].logprob, 4);
  expect(json.items[2][0].logprob).toBeNull();
  for (const index of [1, 3]) {
    json.items[index].forEach((reply: { logprob: number }, place: number) => {
      expect(reply.logprob).toBeCloseTo(alone.json.items[0][place].logprob, 4);
    });
  }
});

/** Overwrites part of a fp32 tensor with NaN. */
async function poison(file: string, tensor: string, from = 0, count?: number): Promise<void> {
  const place = (await readSafetensors(file)).get(tensor)!;
  const handle = await open(file, 'r+');
  const values = new Float32Array(count ?? place.length / 4).fill(Number.NaN);
  await handle.write(Buffer.from(values.buffer), 0, values.byteLength, place.offset + 4 * from);
  await handle.close();
}

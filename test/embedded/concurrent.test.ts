/** Many clients at once: all answered rightly, short work not kept waiting by long work, and nothing left behind. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: EngineProcess;
beforeAll(async () => {
  directory = await temporaryDirectory();
  const checkpoint = await writeSeeded('llama3_rope', join(directory.path, 'checkpoint-7'));
  engine = await startEngine([checkpoint]);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const state = async () => (await engine.get('/health')).json;
async function untilIdle(): Promise<void> {
  while (true) {
    const { waiting, decoding, scoring, scoring_waiting: queued } = await state();
    if (waiting + decoding + scoring + queued === 0) return;
  }
}
/** Opens a long request and waits until its work is seen; fails when it is over before. */
async function begin(
  path: string,
  body: unknown,
  isSeen: (now: { scoring_waiting: number; decoding: number }) => boolean,
) {
  const long = engine.open(path, body);
  let isOver = false;
  long.once('response', () => {
    isOver = true;
  });
  while (!isSeen(await state())) if (isOver) throw new Error('the long request was over before it was seen');
  return long;
}
const isScoring = ({ scoring_waiting: docs }: { scoring_waiting: number }) => docs > 0;
const textOf = (stream: string) =>
  [...stream.matchAll(/^data: (\{.*\})$/gm)].map((match) => JSON.parse(match[1]!).choices[0].text).join('');
const contexts = Array.from({ length: 50 }, (_, index) => `number ${index} is`);
const generation = (prompt: string) => ({ prompt, max_tokens: 10, temperature: 0 });
const scoring = (context: string) => ({ items: [{ context, continuations: [' even', ' odd'] }] });

test('fifty clients that score, generate and stream get what they would get alone', async () => {
  const alone: { text: string; items: { logprob: number }[] }[] = [];
  for (const context of contexts) {
    const text = (await engine.post('/v1/completions', generation(context))).json.choices[0].text as string;
    alone.push({ text, items: (await engine.post('/v1/score', scoring(context))).json.items[0] });
  }
  const together = contexts.map(async (context, index) => {
    if (index % 3 === 0) {
      const { json } = await engine.post('/v1/score', scoring(context));
      json.items[0].forEach((item: { logprob: number }, at: number) => {
        expect(item.logprob).toBeCloseTo(alone[index]!.items[at]!.logprob, 4);
      });
    } else if (index % 3 === 1) {
      const { json } = await engine.post('/v1/completions', generation(context));
      expect(json.choices[0].text).toBe(alone[index]!.text);
    } else {
      const { text } = await engine.post('/v1/completions', { ...generation(context), stream: true });
      expect(textOf(text)).toBe(alone[index]!.text);
    }
  });
  await Promise.all(together);
  await untilIdle();
});

/** Docs that take the engine a while. */
const manyDocs = Array.from({ length: 20_000 }, (_, index) => ({
  context: Array.from({ length: 100 }, (_v, at) => (index * 31 + at * 7) % 1000),
  continuations: [[1, 2, 3]],
}));

test('a short request to score is answered while a long one has most of its docs before it', async () => {
  const long = await begin('/v1/score', { items: manyDocs }, isScoring);
  const { status } = await engine.post('/v1/score', scoring('a'));
  expect(status).toBe(200);
  expect((await state()).scoring_waiting).toBeGreaterThan(manyDocs.length / 2);
  long.destroy();
  await untilIdle();
});

test('a client that leaves while its docs are scored frees them, and others go on', async () => {
  const leaving = await begin('/v1/score', { items: manyDocs }, isScoring);
  const staying = engine.post('/v1/score', { items: manyDocs.slice(0, 200) });
  leaving.destroy();
  while ((await state()).scoring_waiting > 200);
  const { json } = await staying;
  expect(json.items).toHaveLength(200);
  expect(json.items[7][0].logprob).toBeLessThan(0);
  await untilIdle();
});

test('a short text is made while a request for a thousand has hardly begun', async () => {
  const prompts = Array.from({ length: 1000 }, (_, index) => [index + 1, 5, 6]);
  const body = { prompt: prompts, max_tokens: 100, ignore_eos: true };
  const long = await begin('/v1/completions', body, ({ decoding }) => decoding > 0);
  const { json } = await engine.post('/v1/completions', generation('once'));
  expect(json.choices[0].text).not.toBe('');
  const { waiting, generated } = await state();
  expect(waiting).toBeGreaterThan(500);
  long.destroy();
  await untilIdle();
  expect((await state()).generated - generated).toBeLessThan(100_000 / 2);
});

test('hundreds of requests leave nothing behind', async () => {
  const memory = async () => {
    const { text } = await engine.get('/health');
    expect(JSON.parse(text)).toMatchObject({ waiting: 0, decoding: 0, scoring: 0, scoring_waiting: 0 });
    return Number(await residentKilobytes(engine.child.pid!));
  };
  const round = async () => {
    for (let begun = 0; begun < 6; begun++) {
      const mixed = contexts
        .slice(0, 25)
        .flatMap((context) => [
          engine.post('/v1/score', scoring(context)),
          engine.post('/v1/completions', { ...generation(context), max_tokens: 2, logprobs: 3, echo: true }),
        ]);
      const given = engine.open('/v1/completions', { prompt: 'a', max_tokens: 100, stream: true });
      await Promise.all(mixed);
      given.destroy();
    }
    await untilIdle();
  };
  await round();
  const before = await memory();
  await round();
  expect((await memory()) - before).toBeLessThan(60_000);
}, 90_000);

async function residentKilobytes(pid: number): Promise<string | undefined> {
  const { readFile } = await import('node:fs/promises');
  return /VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'VmRSS: 0'))?.[1];
}

/** What is read once and kept answers as if it had been read anew: shared beginnings, kept pasts, slots that move and grow. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { KeyValueCache } from '../../src/embedded/decoding/key-value-cache.ts';
import { type Engine, loadEngine } from '../../src/embedded/engine.ts';
import { cutPast, extendPast } from '../../src/embedded/reading/past.ts';
import { Reader } from '../../src/embedded/reading/reader.ts';
import { type ForwardInput, NO_PAST, type Runtime } from '../../src/embedded/runtime.ts';
import { Scorer, type TokenScores } from '../../src/embedded/scorer.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const LOAD = { workDirectory: null, threads: 1, maxLength: null };
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: Engine;
beforeAll(async () => {
  directory = await temporaryDirectory();
  engine = await loadEngine(await writeSeeded('plain', directory.path), LOAD);
});
afterAll(() => directory[Symbol.asyncDispose]());

const run = (start: number, length: number) => Array.from({ length }, (_, index) => (start * 31 + index * 7) % 1000);
const shots = run(1, 90);
const docs = Array.from({ length: 24 }, (_, doc) => ({
  context: [...shots, ...run(doc + 2, 12)],
  continuations: [run(doc + 50, 3), run(doc + 51, 2), [...run(doc + 50, 2), 5]],
}));

/** A runtime that counts the tokens it reads. */
function counting(runtime: Runtime): { readonly runtime: Runtime; read: number } {
  const counter = {
    read: 0,
    runtime: new Proxy(runtime, {
      get: (target, key) => {
        if (key !== 'forward') return Reflect.get(target, key, target);
        return (input: ForwardInput) => {
          counter.read += input.batch * input.time;
          return target.forward(input);
        };
      },
    }),
  };
  return counter;
}

test('a few-shot prefix is read once, also by the next request, and the answers are those of docs read alone', async () => {
  const { runtime, limits } = await loadedModel();
  const alone: TokenScores[][] = [];
  for (const doc of docs) alone.push(...(await new Scorer(new Reader(runtime, limits), limits).score([doc])));

  const counter = counting(runtime);
  const scorer = new Scorer(new Reader(counter.runtime, { ...limits, tokens: 256, worthARun: 64 }), limits);
  const first = await scorer.score(docs.slice(0, 12));
  const readFirst = counter.read;
  const second = await scorer.score(docs.slice(12));
  const own = 12 * (12 + 2 + 1 + 1);
  expect(readFirst).toBeLessThan(shots.length + own + 60);
  expect(counter.read - readFirst).toBeLessThan(own + 60);
  [...first, ...second].forEach((scores, doc) => {
    scores.forEach((each, place) => {
      const wanted = alone[doc]![place]!;
      each.logprobs.forEach((value, index) => {
        expect(value).toBeCloseTo(wanted.logprobs[index]!, 4);
      });
      expect(each.topIds).toEqual(wanted.topIds);
    });
  });
});

async function loadedModel() {
  const { loadModel } = await import('../../src/embedded/load-model.ts');
  return loadModel(directory.path, LOAD);
}

test('a long list ends, however many short questions come meanwhile, and they do not wait for its end', async () => {
  const { runtime, limits } = await loadedModel();
  const tight = { ...limits, tokens: 256, rowTokens: 128 };
  const scorer = new Scorer(new Reader(runtime, tight), tight);
  let isOver = false;
  let answered = 0;
  const list = Array.from({ length: 40 }, (_, doc) => ({ context: run(doc, 90), continuations: [run(doc + 9, 20)] }));
  const long = scorer.score(list).then(() => {
    isOver = true;
  });
  // As soon as one is answered the next one is there.
  const askOn = async () => {
    for (let turn = 0; turn < 2000 && !isOver; turn++) {
      await scorer.score([{ context: run(turn, 3), continuations: [[7]] }]);
      if (!isOver) answered += 1;
    }
  };
  await Promise.all([askOn(), askOn(), long]);
  expect(answered).toBeGreaterThan(10);
  expect(answered).toBeLessThan(200);
});

test('sequences that begin, end, are given up and take over slots beside each other say what they say alone', async () => {
  const prompts = Array.from({ length: 90 }, (_, index) => run(index, 2 + ((index * 13) % 40)));
  const lengths = prompts.map((_, index) => 1 + ((index * 29) % 70));
  const generate = async (index: number, signal?: AbortSignal) => {
    const made: number[] = [];
    const onToken = ({ id }: { id: number }) => {
      made.push(id);
      return false;
    };
    const options = { maxTokens: lengths[index]!, temperature: 0, topP: 1, seed: 0, top: 0, ignoreEnd: true, onToken };
    await engine.generator.generate(prompts[index]!, { ...options, ...(signal && { signal }) });
    return made;
  };
  const gone = new AbortController();
  const lost = [3, 17, 40].map((index) => generate(index, gone.signal).catch(() => 'given up'));
  const together = Promise.all(prompts.map((_, index) => generate(index)));
  setTimeout(() => gone.abort(new Error('gone')), 50);
  await Promise.all(lost);
  const made = await together;
  for (const index of [0, 1, 7, 33, 64, 65, 88, 89]) expect(made[index]).toEqual(await generate(index));
  expect(engine.generator.state).toMatchObject({ waiting: 0, decoding: 0 });
});

test('a kept past is that of the whole, however it was put together', () => {
  const shape = { layers: 1, kvHeads: 2, headDim: 3, vocabSize: 10, maxLength: 100 };
  // The key of a token, its head and its place in the head, in one number.
  const fresh = (from: number, count: number) => {
    const one = Float32Array.from({ length: count * 6 }, (_, at) => (from + Math.floor(at / 6)) * 100 + (at % 6));
    return [one, one.map((value) => -value)];
  };
  const whole = extendPast(shape, NO_PAST, fresh(0, 9), 9);
  const pieces = extendPast(shape, extendPast(shape, NO_PAST, fresh(0, 4), 4), fresh(4, 5), 5);
  expect(pieces).toEqual(whole);
  expect(cutPast(shape, whole, 4)).toEqual(extendPast(shape, NO_PAST, fresh(0, 4), 4));

  const cache = new KeyValueCache(shape);
  const slot = cache.open([7, 9]);
  cache.fill(slot + 1, { past: cutPast(shape, whole, 4), arrays: fresh(4, 5), places: [0, 1, 2, 3, 4] });
  cache.fill(slot, { past: NO_PAST, arrays: fresh(20, 7), places: [0, 1, 2, 3, 4, 5, 6] });
  expect(cache.close(slot)).toBe(slot + 1);
  const { length, arrays } = cache.read();
  expect(cutPast(shape, { length, arrays }, 9)).toEqual(whole);
  for (let token = 9; token < 100; token++) cache.append(fresh(token, 1));
  const grown = cache.read();
  expect(cutPast(shape, grown, 100)).toEqual(extendPast(shape, NO_PAST, fresh(0, 100), 100));
});

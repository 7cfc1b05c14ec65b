/** Our client against what a real vLLM answered, recorded: identity, both ways to log-probabilities, generations, refusals, NaN. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEngines } from '../../src/daemon/open-engines.ts';
import { LibraError } from '../../src/domain/errors.ts';
import type { LoglikelihoodResponse } from '../../src/domain/request.ts';
import { connectEngine } from '../../src/inference/engine-connection.ts';
import { type ServedModel, serveCheckpoint } from '../../src/inference/serve-checkpoint.ts';
import { NO_FRAME } from '../../src/inference/text-frame.ts';
import { echoLogprobs } from '../../src/inference/wires/echo-logprobs.ts';
import { systemClock } from '../../src/system/clock.ts';
import { createHttpClient, type HttpError } from '../../src/system/http.ts';
import { silentLog } from '../../src/system/log.ts';
import { type Exchange, replayWire } from '../fakes/wire-recorder.ts';
import { askEverything, GENERATED, ROLLED, SCORED, type WireAnswers } from './wire-questions.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const checkpoint = join(fixtures, 'base/checkpoint-960');

interface Recording {
  readonly server: string;
  readonly answers: Readonly<Record<string, WireAnswers>>;
  readonly exchanges: readonly Exchange[];
}

const VERSIONS = readdirSync(join(fixtures, 'wire')).filter((name) => name.startsWith('vllm-'));
const read = (version: string, name: string): Recording =>
  JSON.parse(readFileSync(join(fixtures, 'wire', version, `${name}.json`), 'utf8'));

let work: string;
/** The embedded engine's answers to the same questions about the same weights. */
let ours: WireAnswers;

async function serve(name: string, path = checkpoint): Promise<ServedModel> {
  return serveCheckpoint({
    checkpoint: { id: 'checkpoint-960', path, fingerprint: 'aced0123456789ab' },
    engine: { name, niceness: 0 },
    engines: openEngines(),
    workDirectory: join(work, 'engine'),
    log: silentLog,
    clock: systemClock,
  });
}

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'libra-replay-'));
  const served = await serve('embedded');
  ours = await askEverything(served.model);
  await served.stop();
}, 120_000);
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** fp32 on both sides; sums are taken in another order. */
const NEAR = 1e-3;

function expectNear(theirs: readonly LoglikelihoodResponse[], skipped: (index: number) => boolean): void {
  for (const [index, one] of theirs.entries()) {
    if (skipped(index)) continue;
    const mine = ours.scored[index]!;
    expect({
      index,
      gap: Math.abs(one.logprob - mine.logprob) < NEAR,
      tokens: one.tokens,
      isGreedy: one.isGreedy,
    }).toEqual({ index, gap: true, tokens: mine.tokens, isGreedy: mine.isGreedy });
  }
}

describe.each(VERSIONS)('the recorded wire of %s', (version) => {
  const healthy = read(version, 'healthy');

  it('by token ids: verified, the same answers as recorded, and those of the embedded engine', async () => {
    await using server = await replayWire(healthy.exchanges);
    const served = await serve(server.base);
    expect(served.model.description).toMatchObject({
      ...{ engine: 'vllm', engineVersion: version.slice('vllm-'.length), maxLength: 256, isVerified: true },
    });
    const answers = await askEverything(served.model);
    expect(answers).toEqual(healthy.answers['prompt-logprobs']);
    expect([answers.scored.length, answers.rolled.length, answers.generated.length]).toEqual([
      SCORED.length,
      ROLLED.length,
      GENERATED.length,
    ]);
    // The last one is longer than the model: vLLM must generate a token, so its window is one shorter than ours.
    expectNear(answers.scored, (index) => index === SCORED.length - 1);
    for (const [index, one] of answers.generated.entries()) {
      if (index < GENERATED.length - 1) expect(one.text).toBe(ours.generated[index]!.text);
    }
    for (const [index, one] of answers.rolled.entries()) {
      if (index < ROLLED.length - 1) expect(one.logprob).toBeCloseTo(ours.rolled[index]!.logprob, 2);
    }
    await served.stop();
  }, 30_000);

  it('by echo, where the server hides its tokenizer; what is too long fails alone', async () => {
    await using server = await replayWire(healthy.exchanges, { hidden: ['/tokenize'] });
    const served = await serve(server.base);
    const answers = await askEverything(served.model);
    const { scored } = answers;
    const isWhole = (index: number) => Number.isFinite(scored[index]!.logprob);
    // Too long for the model, or without a context: in an echo the first token has no value where the server puts no BOS before it.
    const isUnanswerable = (index: number) => index === SCORED.length - 1 || SCORED[index]!.context === '';
    expect(scored.map((_one, index) => isWhole(index))).toEqual(scored.map((_one, index) => !isUnanswerable(index)));
    expectNear(scored, isUnanswerable);
    // A context that is too long is cut until the server takes it.
    expect(answers.generated.map((one) => one.tokens > 0)).toEqual([true, true, true, true]);
    for (const index of [0, 1, 2]) expect(answers.generated[index]!.text).toBe(ours.generated[index]!.text);
    await served.stop();
  }, 30_000);

  it('a model that is not there, a text that is too long, too many log-probabilities: refused in words', async () => {
    await using server = await replayWire(healthy.exchanges);
    const client = createHttpClient({ base: server.base });
    const refused = healthy.exchanges.filter((one) => one.path === '/v1/completions' && one.status >= 400);
    const messages = await Promise.all(
      refused.map((one) =>
        client
          .sendJson({ method: 'POST', path: one.path, body: one.asked })
          .catch((error: HttpError) => `${error.reply?.status} ${error.message}`),
      ),
    );
    const text = messages.join('\n');
    expect(text).toMatch(/404 .*does not exist/);
    expect(text).toMatch(/400 .*maximum context length is 256/);
    expect(text).toMatch(/400 .*Requested prompt logprobs of 9/);
    client.close();
  });

  it('of a diverged checkpoint: a NaN is no JSON, and is told as what it is', async () => {
    const diverged = read(version, 'diverged');
    await using server = await replayWire(diverged.exchanges);
    const path = join(fixtures, 'runs/diverged/checkpoint-320');
    await expect(serve(server.base, path)).rejects.toMatchObject({ code: 'LIBRA_ENGINE_NON_FINITE' });

    const connection = connectEngine({
      base: server.base,
      apiKey: null,
      describeHang: () => new LibraError('LIBRA_INTERNAL', 'hung', { hint: '' }),
    });
    const context = { connection, model: 'libra-aced0123456789ab', maxLength: 256, prefixTokenId: 0, frame: NO_FRAME };
    const wire = await echoLogprobs.open(context, { scorePath: null });
    expect(await wire?.score([{ context: '', continuations: ['The quick brown fox'] }])).toEqual([
      [{ logprob: Number.NaN, isGreedy: false, tokens: 0 }],
    ]);
    connection.close();
  }, 30_000);
});

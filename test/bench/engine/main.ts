/**
 * `npm run bench:engine [-- --rounds N --docs N]`: the embedded engine beside transformers and lm-evaluation-harness on
 * SmolLM2-135M, fp32, on all cores. Rounds alternate, so that both columns were measured in the same minutes; medians are compared.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../../src/embedded/decoding/sampling.ts';
import { type Engine, loadEngine } from '../../../src/embedded/engine.ts';
import { type Command, compareAnswers, describeAgreement, runHarness, runLibra, type Work } from './end-to-end.ts';
import { findPeers, type Peers, TransformersRounds } from './peers.ts';
import { sgemmSeconds } from './sgemm.ts';
import { writeSmolShaped } from './smol-shaped.ts';
import { writeBenchTasks } from './tasks.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    /** Docs that lm-evaluation-harness answers of each task; its time for all is worked out from them. */
    docs: { type: 'string', default: '24' },
    batch: { type: 'string', default: '8' },
    only: { type: 'string' },
  },
});
const rounds = Number(values.rounds);
const threads = availableParallelism();
const say = (what: string, value: string) => console.log(`${what.padEnd(58)} ${value}`);

const peers = findPeers();
if ('reason' in peers) say('transformers and lm-evaluation-harness', `skipped: ${peers.reason}`);
const found = 'reason' in peers ? null : peers;
const scratch = mkdtempSync(join(tmpdir(), 'libra-bench-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));
const model = found?.fp32 ?? writeSmolShaped(join(scratch, 'model'));

if (values.only === undefined || values.only === 'engine') await benchInProcess();
if (values.only === undefined || values.only === 'commands') await benchCommands();

/** Scoring, decoding and loading inside one process each. */
async function benchInProcess(): Promise<void> {
  const before = process.memoryUsage.rss();
  const { engine, seconds: loading } = await load(model);
  const resident = process.memoryUsage.rss() - before;
  const weights = engine.vocabSize === 0 ? 1 : 4 * 134_515_008;
  const work = inProcessWork(engine);
  const rival = found && new TransformersRounds(found, model, threads);
  const rivalReady = await rival?.ready();
  const seconds: Record<string, { own: number[]; other: number[] }> = {};
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { run, line }] of Object.entries(work)) {
      const start = performance.now();
      await run();
      const own = (performance.now() - start) / 1000;
      const other = (await rival?.seconds(line)) ?? Number.NaN;
      // The first round warms up.
      if (round > 0) {
        seconds[name] ??= { own: [], other: [] };
        seconds[name].own.push(own);
        seconds[name].other.push(other);
      }
    }
  }
  rival?.end();
  const median = (name: string, who: 'own' | 'other') => middle(seconds[name]?.[who] ?? []);
  const peak =
    (2 * 2048 ** 3) / Math.min(median('sgemm', 'own'), median('sgemm', 'other') || Number.POSITIVE_INFINITY) / 1e9;
  const scored = 2048 / median('score', 'own');
  // Two operations a weight, the embedding once as the head, and attention over half of 256 tokens.
  const flops = 2 * 134_515_008 + 30 * 4 * 128 * 576;
  say(
    `log-probabilities of 8 x 256 tokens`,
    `${scored.toFixed(0)} tokens/s${ratio(median('score', 'other'), median('score', 'own'), rivalReady?.torch)}`,
  );
  say(
    '  of the sgemm peak of the same minutes',
    `${((100 * scored * flops) / 1e9 / peak).toFixed(0)} % of ${peak.toFixed(0)} GFLOP/s`,
  );
  const decoded = (who: 'own' | 'other') => 63 / (median('decode 64', who) - median('decode 1', who));
  say(
    'single stream decoding',
    `${decoded('own').toFixed(1)} tokens/s${ratio(1 / decoded('other'), 1 / decoded('own'), rivalReady?.torch)}`,
  );
  say('load to first answer, fp32', `${loading.toFixed(2)} s`);
  say(
    'resident memory after it',
    `${(resident / 1e6).toFixed(0)} MB = ${(resident / weights).toFixed(2)} x the fp32 weights (mapped files and all)`,
  );
  if (found) say('load to first answer, bf16', `${(await load(found.bf16)).seconds.toFixed(2)} s`);
}

async function load(directory: string): Promise<{ engine: Engine; seconds: number }> {
  for (const file of ['model.safetensors', 'tokenizer.json']) readFileSync(join(directory, file)); // Into the page cache.
  const start = performance.now();
  const engine = await loadEngine(directory, { workDirectory: scratch, threads: null, maxLength: null });
  await engine.scorer.score([{ context: [1], continuations: [[2]] }]);
  return { engine, seconds: (performance.now() - start) / 1000 };
}

function inProcessWork(engine: Engine): Record<string, { run: () => Promise<unknown>; line: string }> {
  const random = seededRandom(3);
  const ids = (count: number) => Array.from({ length: count }, () => Math.floor(random() * engine.vocabSize));
  const docs = Array.from({ length: 8 }, () => ({ context: ids(1), continuations: [ids(255)] }));
  const prompt = ids(100);
  const decode = (maxTokens: number) =>
    engine.generator.generate(prompt, {
      maxTokens,
      temperature: 0,
      topP: 1,
      seed: 0,
      top: 0,
      ignoreEnd: true,
      onToken: () => false,
    });
  return {
    score: { run: () => engine.scorer.score(docs), line: 'score' },
    'decode 64': { run: () => decode(64), line: 'decode 64' },
    'decode 1': { run: () => decode(1), line: 'decode 1' },
    sgemm: { run: () => sgemmSeconds(threads), line: 'sgemm' },
  };
}

/** Whole commands, with everything a user waits for. */
async function benchCommands(): Promise<void> {
  const directory = join(scratch, 'tasks');
  writeBenchTasks(directory);
  for (const [task, docs, what] of [
    ['choice_5', 300, '5-shot, 300 docs of four choices'],
    ['choice_0', 300, '0-shot, 300 docs of four choices'],
    ['continue', 200, '200 greedy generations of 64 tokens'],
  ] as const) {
    const work = { tasks: [task], directory, docs, model };
    const own = await runLibra(work);
    const harness = found && (await harnessTime(found, work, own));
    say(what, `${own.seconds.toFixed(1)} s${harness ?? ''}`);
  }
}

/** The harness would need hours for all docs on a small machine: it answers some, and what a doc costs is the difference. */
async function harnessTime(rival: Peers, work: Work, own: Command): Promise<string> {
  const some = Math.min(work.docs, Number(values.docs));
  const few = Math.max(1, Math.floor(some / 6));
  const short = await runHarness(rival, { ...work, docs: few }, values.batch);
  const long = await runHarness(rival, { ...work, docs: some }, values.batch);
  const perDoc = (long.seconds - short.seconds) / (some - few);
  const all = long.seconds + perDoc * (work.docs - some);
  const [task] = work.tasks as [string];
  const agreement = compareAnswers(own.answers.get(task)!, long.answers.get(task)!);
  return `; lm_eval --model hf ${all.toFixed(0)} s (from ${some} docs, ${perDoc.toFixed(2)} s each): ${(all / own.seconds).toFixed(1)} x; ${describeAgreement(agreement)}`;
}

function ratio(other: number, own: number, torch: string | undefined): string {
  return Number.isFinite(other) ? ` = ${(other / own).toFixed(2)} x transformers (torch ${torch})` : '';
}

function middle(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN;
}

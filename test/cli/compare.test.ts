/** `libra compare` of checkpoints, of folders and of both; and the API's answer, which is the same. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { comparisonReply } from '../../src/api/contract.ts';
import { createServer } from '../../src/api/server.ts';
import { runCompare } from '../../src/cli/compare/run-compare.ts';
import { runImport } from '../../src/cli/import/run-import.ts';
import { displayWidth } from '../../src/cli/terminal/width.ts';
import { createEventBus } from '../../src/daemon/event-bus.ts';
import type { ComparisonReply } from '../../src/daemon/read-comparison.ts';
import { openStoreForReading } from '../../src/store/open-store.ts';
import { silentLog } from '../../src/system/log.ts';
import { writeHarnessFolder, writeHarnessFolders } from '../fakes/harness-folders.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';
import { PLAIN_WORLD, type World, worldCheckpoints } from '../fakes/worlds.ts';

const WORLD: World = {
  ...PLAIN_WORLD,
  capabilities: 4,
  docs: 200,
  checkpoints: 5,
  accuracy: (c, t) => 0.5 + 0.08 * c - (c === 1 && t === 4 ? 0.25 : 0),
};
const checkpoints = [...worldCheckpoints(WORLD)];
const nameOf = (task: string) => ({ task_0: 'hellaswag', task_1: 'arc_easy' })[task] ?? task;

let [place, data] = ['', ''];
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'libra-compare-'));
  data = join(place, 'data');
  await writeHarnessFolders(join(place, 'evals'), checkpoints, { nameOf });
  const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  await runImport('one', join(place, 'evals'), { data }, { out: nowhere(), err: nowhere() });
});

afterAll(() => rm(place, { recursive: true, force: true }));

async function compare(a: string, b: string, flags: object = {}, columns?: number) {
  let text = '';
  const screen = columns === undefined ? {} : { isTTY: true, columns };
  await runCompare(a, b, { data, flips: 3, ...flags }, { ...screen, write: (piece: string) => (text += piece) });
  return text;
}

const json = async (a: string, b: string, flags: object = {}) =>
  JSON.parse(await compare(a, b, { ...flags, json: true })) as ComparisonReply;
const folder = (step: number) => join(place, 'evals', `checkpoint-${step}`);
const numbers = ({ rows, flips, not_compared }: ComparisonReply) => ({ rows, flips, not_compared });

describe('libra compare', () => {
  it('pairs docs, corrects for many tasks, and shows the docs that flipped', async () => {
    const compared = comparisonReply.parse(await json('one@400', 'one:500'));
    const lost = compared.rows.find(({ task }) => task === 'arc_easy')!;
    const [before, after] = [3, 4].map((t) => checkpoints[t]!.outcomes[1]!.values);
    const flipped = [...before!.keys()].filter((i) => before![i] === 1 && after![i] === 0);
    expect(lost).toMatchObject({ verdict: 'worse', n: 200, is_paired: true, lost: flipped.length });
    expect(lost.adjusted_p!).toBeGreaterThanOrEqual(lost.p!);
    expect(lost.ci95[1]!).toBeLessThan(-0.1);
    expect(compared.rows.map(({ capability }) => capability)).toContain('*');
    expect(compared.rows.filter(({ task, verdict }) => task !== null && verdict === 'worse')).toHaveLength(1);
    const shown = compared.flips.filter(({ change }) => change === 'lost');
    expect(shown.map(({ doc_id }) => Number(doc_id))).toEqual(flipped.slice(0, 3));
    expect(shown[0]).toMatchObject({ task: 'arc_easy', question: expect.stringContaining('arc_easy doc') });
    expect(shown[0]!.a).toBe(shown[0]!.expected);
    expect(shown[0]!.b).not.toBe(shown[0]!.expected);
  });

  it('says the same of folders, without a database, and of one beside a checkpoint', async () => {
    const stored = numbers(await json('one@400', 'one@500'));
    expect(numbers(await json(folder(400), folder(500), { data: join(place, 'none') }))).toEqual(stored);
    expect(numbers(await json('one-400', join(place, 'evals@500')))).toEqual(stored);
  });

  it('compares docs both have, whatever their order, and nothing that was asked otherwise', async () => {
    const other = await temporaryPlace();
    const some = await writeHarnessFolder(other, checkpoints[4]!, {
      nameOf,
      hasDoc: (i) => i >= 150,
      folder: () => 'part',
    });
    const asked = await writeHarnessFolder(other, checkpoints[4]!, { nameOf, prompt: 'Say: ', folder: () => 'asked' });
    const whole = await writeHarnessFolder(other, checkpoints[4]!, {
      nameOf,
      withoutSamples: true,
      folder: () => 'whole',
    });
    const file = join(some, 'samples_arc_easy_2024-05-01T12-00-00.123456.jsonl');
    await writeFile(file, (await readFile(file, 'utf8')).trimEnd().split('\n').reverse().join('\n'));
    const part = await json('one@400', some);
    const [before, after] = [3, 4].map((t) => checkpoints[t]!.outcomes[1]!.values.subarray(150));
    const mean = (values: Float32Array) => values.reduce((sum, each) => sum + each, 0) / 50;
    const row = part.rows.find(({ task }) => task === 'arc_easy')!;
    expect(row.n).toBe(50);
    expect(row.difference).toBeCloseTo(mean(after!) - mean(before!), 6);
    expect((await json('one@400', asked)).not_compared.map(({ reason }) => reason)).toContain(
      'asked differently: doc_to_text',
    );
    const unpaired = (await json('one@400', whole)).rows.find(({ task }) => task === 'arc_easy')!;
    expect(unpaired.is_paired).toBe(false);
    expect(unpaired.stderr!).toBeGreaterThan(
      (await json('one@400', 'one@500')).rows.find(({ task }) => task === 'arc_easy')!.stderr!,
    );
    expect(await compare('one@400', whole)).toContain('* unpaired');
  });

  it('fits a narrow terminal, and says what it does not know', async () => {
    const text = await compare('one@400', 'one@500', { flips: 1 }, 100);
    const table = text.split('\n\n').find((part) => part.includes('p (Holm)'))!;
    for (const line of table.split('\n')) expect(displayWidth(stripVTControlCharacters(line))).toBeLessThanOrEqual(100);
    const narrow = stripVTControlCharacters(await compare('one@400', 'one@500', { flips: 1 }, 40));
    expect(narrow).toContain('capability or task: Commonsense reasoning 常识推理');
    await expect(compare('one@450', 'one@500')).rejects.toMatchObject({
      code: 'LIBRA_NOT_FOUND',
      hint: expect.stringContaining('400, 500'),
    });
    await expect(compare('oen@400', 'one@500')).rejects.toMatchObject({
      code: 'LIBRA_RUN_UNKNOWN',
      hint: "Did you mean 'one'?",
    });
    await expect(compare(join(place, 'evals'), 'one@500')).rejects.toMatchObject({
      hint: expect.stringContaining('@100'),
    });
  });
});

it('GET /api/v1/compare answers what the terminal shows, and a problem for what is not there', async () => {
  const store = openStoreForReading({ directory: data, now: () => 0 });
  const events = createEventBus({
    append: () => 0,
    transaction: (work) => work(),
    now: () => 0,
    onListenerError: () => {},
  });
  const server = createServer({
    store,
    events,
    config: { host: '127.0.0.1', port: 0, tokens: [] },
    token: 'secret',
    poke: () => {},
    version: '1',
    log: silentLog,
  });
  onTestFinished(async () => {
    await server.close();
    store.close();
  });
  const get = (url: string) => server.app.inject({ method: 'GET', url, headers: { host: '127.0.0.1:7700' } });
  const reply = await get('/api/v1/compare?a=one-400&b=one@500');
  expect(reply.statusCode).toBe(200);
  expect(comparisonReply.strict().parse(reply.json())).toEqual(await json('one@400', 'one@500'));
  const missing = await get('/api/v1/compare?a=one-400&b=one-401');
  expect(missing.headers['content-type']).toContain('application/problem+json');
  expect(missing.json()).toMatchObject({ code: expect.stringMatching(/LIBRA_(RUN_UNKNOWN|NOT_FOUND)/), status: 404 });
  expect((await get(`/api/v1/compare?a=one-400&b=${encodeURIComponent(folder(500))}`)).statusCode).toBe(404);
  expect((await get('/api/v1/compare?a=one-400')).statusCode).toBe(400);
});

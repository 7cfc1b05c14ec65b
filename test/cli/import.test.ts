/** `libra import` over folders as lm-evaluation-harness leaves them. */
import { appendFile, cp, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import { runImport } from '../../src/cli/import/run-import.ts';
import type { LibraEvent } from '../../src/domain/event.ts';
import { openStore, openStoreForReading, type Store } from '../../src/store/open-store.ts';
import { writeHarnessFolder, writeHarnessFolders } from '../fakes/harness-folders.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';
import { PLAIN_WORLD, type World, worldCheckpoints } from '../fakes/worlds.ts';

const HEALTHY: World = {
  ...PLAIN_WORLD,
  capabilities: 6,
  docs: 200,
  checkpoints: 16,
  accuracy: (c) => 0.45 + 0.06 * c,
};
/** One capability loses 15 points at step 1,300. */
const DROP: World = { ...HEALTHY, accuracy: (c, t) => HEALTHY.accuracy(c, t) - (c === 3 && t >= 12 ? 0.15 : 0) };

function sink() {
  const chunks: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { text: () => chunks.join('') });
}

async function bring(run: string, path: string, data: string, flags: object = {}) {
  const [out, err] = [sink(), sink()];
  const code = await runImport(run, path, { data, json: true, ...flags }, { out, err });
  const events = out
    .text()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as LibraEvent);
  const steps = (name: string) => events.filter(({ event }) => event === name).map(({ step }) => step);
  return { code, events, steps, out: out.text(), err: err.text() };
}

function read<T>(data: string, look: (store: Store) => T): T {
  const store = openStoreForReading({ directory: data, now: () => 0 });
  try {
    return look(store);
  } finally {
    store.close();
  }
}

it('finds a planted drop once, in the order of steps, and is silent again on the second import', async () => {
  const [place, data] = [await temporaryPlace(), await temporaryPlace()];
  await writeHarnessFolders(place, worldCheckpoints(DROP));
  const { code, events, steps } = await bring('Past run', place, data);
  expect(code).toBe(0);
  expect(events[0]).toMatchObject({ event: 'run.found', run: 'past-run' });
  expect(steps('checkpoint.found')).toEqual(Array.from({ length: 16 }, (_, t) => 100 * (t + 1)));
  expect(steps('evaluation.finished')).toHaveLength(16);
  const fired = events.filter(({ event }) => event === 'alert.firing');
  expect(fired).toHaveLength(1);
  expect(fired[0]).toMatchObject({ capabilities: ['task_3'], since_step: 1200 });
  expect([1300, 1400]).toContain(fired[0]!.step);
  const places = events.map(({ step }) => step ?? 0);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  read(data, (store) => {
    const [alert] = store.alerts.ofRun('past-run');
    expect(alert!.examples[0]).toMatchObject({ task: 'task_3', question: expect.stringContaining('task_3 doc') });
    expect(alert!.examples[0]!.before).toBe(alert!.examples[0]!.expected);
    expect(store.checkpoints.ofRun('past-run').every(({ state }) => state === 'evaluated')).toBe(true);
    expect(store.runs.require('past-run').state).toBe('finished');
    expect(store.deliveries.due()).toEqual([]);
  });
  const again = await bring('Past run', place, data);
  expect([again.code, again.out]).toEqual([0, '']);
  expect(again.err).toContain('16 known already');
}, 30_000);

it('is silent over a healthy run, also of nothing but aggregates, as releases before 0.4 wrote them', async () => {
  const [place, data] = [await temporaryPlace(), await temporaryPlace()];
  await writeHarnessFolders(join(place, 'plain'), worldCheckpoints(HEALTHY));
  await writeHarnessFolders(join(place, 'old'), worldCheckpoints(HEALTHY), {
    old: true,
    folder: (s) => `step${s}-tokens5B`,
  });
  for (const name of ['plain', 'old']) {
    const { code, steps } = await bring(name, join(place, name), data);
    expect([code, steps('alert.firing')]).toEqual([0, []]);
  }
  read(data, (store) => {
    const verdicts = store.verdicts.ofCheckpoint('old-1600');
    expect(verdicts.filter(({ kind }) => kind === 'same').length).toBeGreaterThan(3);
    expect(verdicts.find(({ kind }) => kind === 'same')!.reason).toContain('unpaired');
    expect(store.checkpoints.require('old-1600').tokens).toBe(5e9);
  });
}, 30_000);

it('judges aggregates alone by their errors', async () => {
  const [place, data] = [await temporaryPlace(), await temporaryPlace()];
  await writeHarnessFolders(place, worldCheckpoints({ ...DROP, docs: 400 }), { withoutSamples: true });
  const { events } = await bring('aggregates', place, data);
  const fired = events.filter(({ event }) => event === 'alert.firing');
  expect(fired.map(({ capabilities }) => capabilities)).toEqual([['task_3']]);
}, 30_000);

it('takes what can be taken of broken, torn and mixed folders, and says what not', async () => {
  const [place, data] = [await temporaryPlace(), await temporaryPlace()];
  const checkpoints = [...worldCheckpoints({ ...HEALTHY, capabilities: 3, checkpoints: 5 })];
  const folders = await writeHarnessFolders(place, checkpoints.slice(0, 3));
  await writeHarnessFolder(place, checkpoints[3]!, { old: true });
  await writeHarnessFolder(place, checkpoints[4]!, { folder: () => 'latest/out__step-x' });
  const torn = join(folders[0]!, 'samples_task_0_2024-05-01T12-00-00.123456.jsonl');
  await truncate(torn, Math.floor((await readFile(torn)).length / 2));
  await appendFile(
    join(folders[1]!, 'samples_task_1_2024-05-01T12-00-00.123456.jsonl'),
    '{"doc_id": 3, "acc": NaN\nnot json\n',
  );
  await writeFile(
    join(folders[2]!, 'results_2024-06-01T12-00-00.000000.json'),
    '{"results": {"task_0": {"acc,none": 0.',
  );
  await writeFile(
    join(folders[2]!, 'results_2024-04-01T12-00-00.000000.json'),
    '{"results": {"task_0": {"acc,none": NaN, "acc_stderr,none": "N/A"}, "later": {"f1,none": Infinity}}}',
  );
  await mkdir(join(place, 'elsewhere'));
  await writeFile(join(place, 'elsewhere', 'results.json'), '{"results": {"task_0": {"acc,none": 0.5}}}');
  const { code, err, steps } = await bring('mixed', place, data);
  expect(code).toBe(0);
  expect(steps('evaluation.finished')).toEqual([100, 200, 300, 400, 500]);
  for (const said of ['In part', '2 of 20', 'as if it was cut off', 'No step is known', 'Task later has no number']) {
    expect(err).toContain(said);
  }
  read(data, (store) => {
    const halved = store.scores.outcomesOf('mixed-100').find(({ task }) => task === 'task_0')!;
    expect(halved.values.length).toBeGreaterThan(80);
    expect(halved.values.length).toBeLessThan(120);
    expect(store.scores.outcomesOf('mixed-400')[0]).toMatchObject({ summary: { n: 200 } });
  });
}, 30_000);

it('compares no doc with another: other prompts are another segment, fewer and other docs are not', async () => {
  const [place, data] = [await temporaryPlace(), await temporaryPlace()];
  const checkpoints = [...worldCheckpoints({ ...HEALTHY, capabilities: 1, checkpoints: 10 })];
  await writeHarnessFolders(place, checkpoints.slice(0, 4));
  await writeHarnessFolders(place, checkpoints.slice(4, 6), { hasDoc: (index) => index < 120 });
  await writeHarnessFolders(place, checkpoints.slice(6, 8), { hasDoc: (index) => index % 3 > 0 });
  await writeHarnessFolders(place, checkpoints.slice(8), { prompt: 'Question: ' });
  await bring('docs', place, data);
  read(data, (store) => {
    const hashes = checkpoints.map(({ step }) => store.scores.outcomesOf(`docs-${step}`)[0]!.taskHash);
    expect(new Set(hashes.slice(0, 8)).size).toBe(1);
    expect(new Set(hashes).size).toBe(2);
    const verdict = (step: number) => store.verdicts.ofCheckpoint(`docs-${step}`)[0]!;
    expect(verdict(600)).toMatchObject({ kind: 'same', n: 120 });
    expect(verdict(800)).toMatchObject({ kind: 'same', n: 133 });
    expect(verdict(900).kind).toBe('unknown');
    const third = store.scores.outcomesOf('docs-700')[0]!.values;
    expect([third[0], third[1]]).toEqual([Number.NaN, checkpoints[6]!.outcomes[0]!.values[1]]);
  });
}, 30_000);

it('takes only what is new the next time, and judges again from an earlier step that was added', async () => {
  const [place, late, data] = [await temporaryPlace(), await temporaryPlace(), await temporaryPlace()];
  await writeHarnessFolders(late, worldCheckpoints(DROP));
  const folders = (await readdir(late)).sort((a, b) => Number(a.split('-')[1]) - Number(b.split('-')[1]));
  const move = async (names: readonly string[]) => {
    for (const name of names) await cp(join(late, name), join(place, name), { recursive: true });
  };
  await move(folders.filter((name) => name !== 'checkpoint-700').slice(0, -1));
  await bring('grown', place, data);
  await move(folders.slice(-1));
  const more = await bring('grown', place, data);
  expect(more.steps('evaluation.finished')).toEqual([1600]);
  await move(['checkpoint-700']);
  const earlier = await bring('grown', place, data);
  expect(earlier.steps('evaluation.finished')).toEqual([700]);
  expect(earlier.err).toContain('from step 700 on');
  await bring('at-once', place, data);
  read(data, (store) => {
    const told = (run: string) =>
      store.verdicts.ofRun(run).map(({ step, verdicts }) => [step, verdicts.map(({ kind, z }) => [kind, z])]);
    expect(told('grown')).toEqual(told('at-once'));
    const alerts = (run: string) => store.alerts.ofRun(run).map(({ step, members }) => [step, members.length]);
    expect(alerts('grown')).toEqual(alerts('at-once'));
  });
}, 40_000);

it('goes on where it was broken off', async () => {
  const [place, data] = [await temporaryPlace(), await temporaryPlace()];
  await writeHarnessFolders(place, worldCheckpoints(DROP));
  await bring('whole', place, data);
  await bring('broken', place, data);
  const writable = openStore({ directory: data, now: () => 0 });
  const told = writable.verdicts.ofRun('broken');
  writable.alerts.forgetRegressions('broken');
  for (const { checkpoint } of told.slice(6)) writable.verdicts.put(checkpoint, []);
  writable.close();
  const on = await bring('broken', place, data);
  expect(on.steps('evaluation.finished')).toEqual([]);
  expect(on.steps('alert.firing')).toHaveLength(1);
  read(data, (store) => {
    const kinds = (run: string) => store.verdicts.ofRun(run).map(({ verdicts }) => verdicts.map(({ kind }) => kind));
    expect(kinds('broken')).toEqual(kinds('whole'));
  });
}, 30_000);

it('touches nothing in a dry run, refuses beside a daemon, and fails when there is nothing', async () => {
  const [place, empty, data] = [await temporaryPlace(), await temporaryPlace(), await temporaryPlace()];
  await rm(data, { recursive: true });
  await writeHarnessFolders(place, worldCheckpoints({ ...HEALTHY, checkpoints: 2 }));
  const dry = await bring('dry', place, data, { dryRun: true });
  expect(dry.code).toBe(0);
  expect(JSON.parse(dry.out).checkpoints).toMatchObject([
    { step: 100, tasks: 6, with_samples: 6, docs: 1200, is_new: true },
    { step: 200 },
  ]);
  await expect(readdir(data)).rejects.toThrow('ENOENT');
  expect((await bring('empty', empty, data)).code).toBe(1);
  await expect(bring('none', join(empty, 'nowhere'), data)).rejects.toMatchObject({ code: 'LIBRA_DIRECTORY_MISSING' });
  const daemon = openStore({ directory: data, now: () => 0 });
  await expect(bring('held', place, data)).rejects.toMatchObject({ code: 'LIBRA_DATA_IN_USE' });
  daemon.close();
});

it('labels tasks the library knows, by their own metric, and reads the results of recorded evaluations', async () => {
  const data = await temporaryPlace();
  const { code } = await bring('parity', 'fixtures/parity', data);
  expect(code).toBe(0);
  read(data, (store) => {
    const capabilities = store.scores.capabilitiesOf('parity-1120').map(({ capability }) => capability);
    expect(capabilities).toContain('basic.reasoning.math');
    const bits = store.scores.outcomesOf('parity-240').find(({ task }) => task === 'stories_en')!;
    expect(bits).toMatchObject({ metric: 'bits_per_byte', higherIsBetter: false });
    expect(bits.values[0]).toBeCloseTo(23.650697708129883 / 124 / Math.LN2, 5);
  });
}, 20_000);

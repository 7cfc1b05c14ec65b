import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openDataSources } from '../../../src/daemon/open-data-sources.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import { type FakeHub, type FakeRepository, startFakeHub } from '../../fakes/fake-hub.ts';
import { taskFiles } from '../../fakes/task-files.ts';
import { temporaryPlace } from '../../fakes/temporary-place.ts';

let hub: FakeHub;
afterEach(() => hub?.close());

const rows = (split: string, n: number) =>
  Array.from({ length: n }, (_, i) => `${JSON.stringify({ q: `${split} ${i}`, a: `${i}` })}\n`).join('');
const task = (more = '') =>
  `task: mine\ndataset_path: org/quiz\ntest_split: test\nfewshot_split: train\nnum_fewshot: 1\ndoc_to_text: q\ndoc_to_target: a\n${more}`;
const usual: FakeRepository = {
  revisions: {
    main: { 'data/train.jsonl': rows('train', 9), 'data/test.jsonl': rows('test', 4), 'README.md': '# Quiz' },
  },
};

async function load(
  repositories: Readonly<Record<string, FakeRepository>>,
  {
    yaml = task(),
    env = {},
    download = true,
    data,
  }: {
    yaml?: string;
    env?: Readonly<Record<string, string>>;
    download?: boolean;
    data?: string;
  } = {},
) {
  hub ??= await startFakeHub(repositories);
  const place = await taskFiles({ 'mine.yaml': yaml });
  const home = await temporaryPlace();
  const dataDirectory = data ?? (await temporaryPlace());
  const sources = openDataSources({
    tasks: { data_path: [], download },
    env: { HOME: home, HF_ENDPOINT: hub.endpoint, ...env },
    dataDirectory,
  });
  return loadTasks({ includePaths: [place], sources });
}

async function fresh(repositories: Readonly<Record<string, FakeRepository>>): Promise<void> {
  await hub?.close();
  hub = await startFakeHub(repositories);
}

test('a data set is fetched once, its splits found, and found again without the hub', async () => {
  await fresh({ 'org/quiz': usual });
  const data = await temporaryPlace();
  const first = await load({}, { data });
  expect(first.problems).toEqual([]);
  expect(first.tasks[0]!.docs).toHaveLength(4);
  expect(first.tasks[0]!.dataset.files[0]).toContain(join(data, 'datasets'));
  const asked = hub.requests.length;
  const again = await load({}, { data, download: false });
  expect(again.tasks[0]!.docs).toHaveLength(4);
  expect(hub.requests.length).toBe(asked);
});

test('nothing is fetched that was not allowed, and the error says how to', async () => {
  await fresh({ 'org/quiz': usual });
  for (const asked of [{ download: false }, { env: { HF_HUB_OFFLINE: '1' } }]) {
    const { problems } = await load({}, asked);
    expect(problems[0]!.error).toMatchObject({
      code: 'LIBRA_DATASET_MISSING',
      hint: expect.stringContaining('--download'),
    });
  }
  expect(hub.requests).toEqual([]);
});

test('a gated set is told from an unknown one; the token goes to the hub alone', async () => {
  await fresh({ 'org/quiz': { ...usual, token: 'hf_secret' } });
  const shut = (await load({})).problems[0]!.error;
  expect(shut.message).toMatch(/gated/);
  expect(shut.hint).toContain('HF_TOKEN');
  const open = await load({}, { env: { HF_TOKEN: 'hf_secret' } });
  expect(open.problems).toEqual([]);
  const files = hub.requests.filter(({ path }) => path.startsWith('/files/'));
  expect(files.length).toBeGreaterThan(0);
  expect(files.every(({ authorization }) => authorization === '')).toBe(true);
  const place = await temporaryPlace();
  await writeFile(join(place, 'token'), 'hf_secret\n');
  expect((await load({}, { env: { HF_TOKEN_PATH: join(place, 'token') } })).problems).toEqual([]);
  const unknown = (await load({}, { yaml: task().replace('org/quiz', 'org/none') })).problems[0]!.error;
  expect(unknown.message).toMatch(/There is no data set org\/none/);
});

test('a set of a loading script comes by its conversion to Parquet, and a revision is what was asked for', async () => {
  const script = { 'quiz.py': 'print()', 'README.md': '' };
  const converted = { 'default/train/0000.jsonl': rows('train', 3), 'default/test/0000.jsonl': rows('test', 2) };
  const old = { 'test.jsonl': rows('test', 1), 'train.jsonl': rows('train', 3) };
  await fresh({ 'org/quiz': { revisions: { main: script, 'refs/convert/parquet': converted, v1: old } } });
  expect((await load({})).tasks[0]!.docs).toHaveLength(2);
  const pinned = await load({}, { yaml: task('dataset_kwargs: {revision: v1}\n') });
  expect(pinned.tasks[0]!.docs).toHaveLength(1);
});

test('a transfer that breaks off goes on where it stopped', async () => {
  const large = rows('test', 60_000);
  await fresh({ 'org/quiz': { revisions: { main: { 'train.jsonl': rows('train', 3), 'test.jsonl': large } } } });
  const data = await temporaryPlace();
  hub.breakAfter(100_000);
  const { tasks, problems } = await load({}, { data });
  expect(problems).toEqual([]);
  expect(tasks[0]!.summary.size).toBe(60_000);
  expect(hub.requests.some(({ range }) => /^bytes=[1-9]\d*-$/.test(range))).toBe(true);
  expect(await readFile(tasks[0]!.dataset.files[0]!, 'utf8')).toBe(large);
});

test('a hub that is not there is an unavailable task', async () => {
  await fresh({});
  const { problems } = await load({}, { env: { HF_ENDPOINT: 'http://127.0.0.1:9' } });
  expect(problems[0]!.error.message).toMatch(/could not be fetched/);
});

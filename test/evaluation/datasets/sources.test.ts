import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openDataSources } from '../../../src/daemon/open-data-sources.ts';
import { chooseFiles, type FileQuestion } from '../../../src/evaluation/data/sources/choose-files.ts';
import { matchPaths } from '../../../src/evaluation/data/sources/glob.ts';
import { readmeConfigs } from '../../../src/evaluation/data/sources/readme-configs.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import { taskFiles } from '../../fakes/task-files.ts';
import { temporaryPlace } from '../../fakes/temporary-place.ts';

const choose = (paths: readonly string[], question: Partial<FileQuestion> = {}) =>
  chooseFiles({ paths, configs: [], config: null, split: 'test', name: 'quiz', isEvaluated: true, ...question })?.paths;

test.each([
  ['test.jsonl', {}, ['test.jsonl'], ['train.jsonl', 'README.md', 'test.py']],
  [
    'shards',
    {},
    ['data/test-00000-of-00002.parquet', 'data/test-00001-of-00002.parquet'],
    ['data/train-00000-of-00001.parquet'],
  ],
  ['a config’s folder', { config: 'en' }, ['en/test.csv'], ['zh/test.csv', 'en/dev.csv']],
  [
    'a config in a folder of the split',
    { config: 'agronomy' },
    ['test/agronomy.csv'],
    ['dev/agronomy.csv', 'test/law.csv'],
  ],
  [
    'a config and the split in one name',
    { config: 'law', split: 'validation' },
    ['val/law_val.csv'],
    ['val/tax_law_val.csv', 'test/law_test.csv'],
  ],
  ['a synonym', { split: 'validation' }, ['dev.jsonl'], ['test.jsonl']],
  ['the plainest name', {}, ['test.json'], ['test_public.json', 'dev_0.json']],
  ['a word in the name', {}, ['test_public.json'], ['train_0.json', 'contest.json']],
  ['the only file', {}, ['quiz.jsonl'], ['notes.md']],
  ['the config’s only file', { config: 'navigate' }, ['navigate.json'], ['word_sorting.json']],
  ['a config that means all', { config: 'main' }, ['test.jsonl'], ['train.jsonl']],
  ['one of several formats', {}, ['test.parquet'], ['test.jsonl', 'test.csv', 'test.csv.gz']],
  [
    'converted to Parquet',
    { config: 'en' },
    ['en/test/0000.parquet', 'en/test/0001.parquet'],
    ['en/train/0000.parquet', 'zh/test/0000.parquet'],
  ],
])('which files: %s', (_name, question, expected, others) => {
  expect(choose([...others, ...expected], question)).toEqual(expected);
});

test('what is not there is not made up', () => {
  expect(choose(['test.jsonl'], { config: 'agronomy' })).toBeUndefined();
  expect(choose(['quiz.jsonl'], { split: 'train', isEvaluated: false })).toBeUndefined();
  expect(choose(['train.jsonl'])).toBeUndefined();
  expect(choose(['.hidden/test.jsonl', 'dataset_info.json'])).toBeUndefined();
  expect(() => choose(['test-00000-of-00003.parquet', 'test-00002-of-00003.parquet'])).toThrow(/2 of the 3 parts/);
});

test('the README of a data set says what its files are', () => {
  const configs = readmeConfigs(`---
license: mit
configs:
- config_name: en
  default: true
  sep: "\\t"
  data_files:
  - split: test
    path: "files/en_t*.csv"
  - split: train
    path: [files/en_a.csv, files/en_b.csv]
- config_name: zh
  data_dir: chinese
---
# Quiz`);
  const paths = ['files/en_test.csv', 'files/en_a.csv', 'files/en_b.csv', 'chinese/test.csv', 'chinese/train.csv'];
  expect(choose(paths, { configs })).toEqual(['files/en_test.csv']);
  expect(choose(paths, { configs, config: 'en', split: 'train' })).toEqual(['files/en_a.csv', 'files/en_b.csv']);
  expect(choose(paths, { configs, config: 'zh' })).toEqual(['chinese/test.csv']);
  expect(configs[0]!.options).toEqual({ sep: '\t' });
  expect(() => choose(['dev.csv'], { configs, config: 'en' })).toThrow(/README/);
  expect(readmeConfigs('---\n: [broken\n---')).toEqual([]);
});

test('patterns', () => {
  const paths = ['a/test-1.csv', 'a/b/test-2.csv', 'test-x.csv', 'train.csv'];
  expect(matchPaths('**/test-*.csv', paths)).toEqual(['a/b/test-2.csv', 'a/test-1.csv', 'test-x.csv']);
  expect(matchPaths('a/*.csv', paths)).toEqual(['a/test-1.csv']);
  expect(matchPaths('{train,test-?}.csv', paths)).toEqual(['test-x.csv', 'train.csv']);
  expect(matchPaths('**/test-[0-9].csv', paths)).toEqual(['a/b/test-2.csv', 'a/test-1.csv']);
});

const yaml = (more = '') =>
  `task: mine\ndataset_path: org/Quiz\ntest_split: test\ndoc_to_text: q\ndoc_to_target: a\n${more}`;
const rows = '{"q": "x", "a": "y"}\n';

async function loadWith(
  files: Readonly<Record<string, string>>,
  settings: { more?: string; env?: Record<string, string>; paths?: string[] } = {},
) {
  const home = await temporaryPlace();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), content);
  }
  const sources = openDataSources({
    tasks: { data_path: (settings.paths ?? []).map((path) => join(home, path)), download: false },
    env: {
      HOME: home,
      ...Object.fromEntries(Object.entries(settings.env ?? {}).map(([key, value]) => [key, join(home, value)])),
    },
    dataDirectory: join(home, 'libra'),
  });
  return {
    home,
    ...(await loadTasks({ includePaths: [await taskFiles({ 'mine.yaml': yaml(settings.more) })], sources })),
  };
}

test.each(['org/Quiz', 'Quiz', 'quiz', 'org__Quiz', 'org--quiz'])(
  'a folder called %s below a data directory',
  async (name) => {
    const { tasks, problems } = await loadWith({ [`sets/${name}/test.jsonl`]: rows }, { paths: ['sets'] });
    expect(problems).toEqual([]);
    expect(tasks[0]!.docs).toHaveLength(1);
    expect(tasks[0]!.dataset.files[0]).toContain('sets');
  },
);

test('the cache of the hub, by HF_HOME, HF_HUB_CACHE and its usual place, through its links', async () => {
  const within = 'datasets--org--Quiz';
  for (const [cache, env] of [
    ['.cache/huggingface/hub', {}],
    ['elsewhere/hub', { HF_HOME: 'elsewhere' }],
    ['third', { HF_HUB_CACHE: 'third' }],
  ] as const) {
    const files = {
      [`${cache}/${within}/refs/main`]: 'abc',
      [`${cache}/${within}/snapshots/abc/test.jsonl`]: rows,
      [`${cache}/${within}/snapshots/old/test.jsonl`]: rows + rows,
    };
    expect((await loadWith(files, { env })).tasks[0]!.docs).toHaveLength(1);
    expect((await loadWith(files, { env, more: 'dataset_kwargs: {revision: old}\n' })).tasks[0]!.docs).toHaveLength(2);
  }
  const home = await temporaryPlace();
  const root = join(home, '.cache/huggingface/hub', within);
  await mkdir(join(root, 'blobs'), { recursive: true });
  await mkdir(join(root, 'snapshots/abc'), { recursive: true });
  await writeFile(join(root, 'blobs/1'), rows);
  await symlink('../../blobs/1', join(root, 'snapshots/abc/test.jsonl'));
  const sources = openDataSources({
    tasks: { data_path: [], download: false },
    env: { HOME: home },
    dataDirectory: home,
  });
  expect((await loadTasks({ includePaths: [await taskFiles({ 'mine.yaml': yaml() })], sources })).tasks).toHaveLength(
    1,
  );
});

test('a task without its data is unavailable, with where they come from', async () => {
  const { tasks, problems } = await loadWith(
    { '.cache/huggingface/datasets/org___quiz/default/0.0.0/x/quiz-test.arrow': 'ARROW' },
    { more: 'source: "https://example.com/quiz, by post"\n' },
  );
  expect(tasks).toEqual([]);
  expect(problems[0]!.error.code).toBe('LIBRA_DATASET_MISSING');
  expect(problems[0]!.error.message).toMatch(/prepared by the Python package/);
  expect(problems[0]!.error.hint).toMatch(/example\.com\/quiz, by post.*--data-path.*--download/);
});

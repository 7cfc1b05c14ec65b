import { expect, test } from 'vitest';
import { buildRequests } from '../../../src/evaluation/asking/build-requests.ts';
import { createDocKeeper } from '../../../src/evaluation/data/keep-docs.ts';
import { createSeenIds } from '../../../src/evaluation/data/seen-ids.ts';
import type { Task } from '../../../src/evaluation/task.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import { type TaskFiles, taskFiles } from '../../fakes/task-files.ts';

const LIMITS = { docs: 40, chars: 1e9 };
const row = (i: number, more: object = {}) => ({ q: `Question ${i}?`, choices: ['a', 'b'], label: i % 2, ...more });
const many = (n: number, more: (i: number) => object = () => ({})) =>
  Array.from({ length: n }, (_, i) => row(i, more(i)));
const yaml = (more = '') =>
  `task: large\ndataset_path: json\ndataset_kwargs: {data_files: {test: docs.jsonl, train: train.jsonl}}\ntest_split: test\noutput_type: multiple_choice\ndoc_to_text: "{{q}}"\ndoc_to_choice: choices\ndoc_to_target: label\n${more}`;

async function load(files: TaskFiles, limits?: { docs: number; chars: number }): Promise<Task> {
  const { tasks, problems } = await loadTasks({ includePaths: [await taskFiles(files)], limits });
  if (problems[0]) throw problems[0].error;
  return tasks[0]!;
}
const asked = (task: Task, n: number) =>
  task.docs.slice(0, n).map((doc) => [doc.id, doc.position, buildRequests(task, doc)]);

test.each([
  ['by content', () => ({})],
  ['by their own ids', (i: number) => ({ id: `d${i}` })],
  ['by ids that repeat at the end', (i: number) => ({ id: i === 499 ? 'd0' : `d${i}` })],
  ['with copies', (i: number) => (i % 3 === 0 ? { q: 'the same' } : {})],
])('a set over the limit keeps the first docs of the very order the whole one has: %s', async (_name, more) => {
  for (const shots of ['', 'num_fewshot: 3\nfewshot_split: test\n', 'num_fewshot: 3\nfewshot_split: train\n']) {
    const files = {
      'a.yaml': yaml(shots),
      'docs.jsonl': many(500, more),
      'train.jsonl': many(300, (i) => ({ q: `Train ${i}` })),
    };
    const [whole, capped] = [await load(files), await load(files, LIMITS)];
    expect(whole.docs).toHaveLength(500);
    // Three examples a doc out of a pool over the limit take the room of three docs.
    const kept = shots === '' ? 40 : 13;
    expect(capped.docs).toHaveLength(kept);
    expect(asked(capped, kept)).toEqual(asked(whole, kept));
    expect(capped.summary.size).toBe(500);
    expect(capped.dataset).toMatchObject({
      rows: 500,
      kept,
      hash: whole.dataset.hash,
      duplicates: whole.dataset.duplicates,
    });
    expect(capped.dataset.notes.join()).toContain(`500 docs; the first ${kept}`);
    expect(whole.dataset.notes.join()).not.toMatch(/kept/);
  }
});

test('the limit counts characters too, and one doc always stays', async () => {
  const files = { 'a.yaml': yaml(), 'docs.jsonl': many(100) };
  const length = JSON.stringify(row(50)).length;
  const task = await load(files, { docs: 1000, chars: 10 * length });
  expect(task.docs.length).toBeGreaterThan(7);
  expect(task.docs.length).toBeLessThan(12);
  expect((await load(files, { docs: 1000, chars: 1 })).docs).toHaveLength(1);
});

test('a value that only a dropped row shows still makes the column one of floats', async () => {
  const files = {
    'a.yaml': yaml('description: "{{n}}"\n'),
    'docs.jsonl': many(200, (i) => ({ n: i === 7 ? 0.5 : 1 })),
  };
  const task = await load(files, { docs: 1, chars: 1e9 });
  const [request] = buildRequests(task, task.docs[0]!);
  expect(request).toMatchObject({ context: expect.stringMatching(task.docs[0]!.position === 7 ? /^0\.5/ : /^1\.0/) });
});

test('copies are counted and told, and each has an id of its own', async () => {
  const docs = [row(1), row(2), row(1), row(1), { ...row(2), extra: null }];
  const task = await load({ 'a.yaml': yaml(), 'docs.jsonl': docs });
  expect(new Set(task.docs.map(({ id }) => id)).size).toBe(5);
  expect(task.dataset.duplicates).toBe(3);
  expect(task.dataset.notes).toEqual(['3 of its 5 docs are copies of another']);
});

test('the hash is of the content and its order, not of the file', async () => {
  const hash = async (files: TaskFiles, more = '') => (await load({ 'a.yaml': more || yaml(), ...files })).dataset.hash;
  const base = await hash({ 'docs.jsonl': many(5) });
  expect(base).toMatch(/^[0-9a-f]{64}$/);
  const other = yaml().replace('docs.jsonl', 'other.json');
  expect(await hash({ 'other.json': JSON.stringify(many(5), null, 2) }, other)).toBe(base);
  expect(await hash({ 'docs.jsonl': many(5).reverse() })).not.toBe(base);
  expect(await hash({ 'docs.jsonl': many(6) })).not.toBe(base);
});

test('a keeper asks for a second reading only when ids fail after docs were dropped', () => {
  const finish = (ids: readonly (string | undefined)[], docs: number) => {
    const keeper = createDocKeeper({ docs, chars: 1e9 });
    for (const [i, id] of ids.entries()) keeper.add({ q: i, ...(id === undefined ? {} : { id }) });
    return keeper.finish();
  };
  const ids = Array.from({ length: 50 }, (_, i) => `d${i}`);
  expect(finish([...ids, 'd3'], 5)).toBeNull();
  expect(finish([...ids, 'd3'], 100)!.docs).toHaveLength(51);
  expect(finish(ids, 5)!.docs).toHaveLength(5);
});

test('ids are counted right over many growths of the table', () => {
  const seen = createSeenIds();
  const id = (i: number) => ((BigInt(i) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn).toString(16).padStart(16, '0');
  for (let i = 1; i <= 50_000; i++) expect(seen.add(id(i))).toBe(0);
  for (let i = 1; i <= 50_000; i += 777) expect(seen.add(id(i))).toBe(1);
  expect(seen.add(id(1))).toBe(2);
  expect(seen.size).toBe(50_000);
});

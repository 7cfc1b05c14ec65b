/** `rows` and `local` of a task file: which rows are docs, and how an author's columns become the task's. */
import { expect, it } from 'vitest';
import { readLocalLayouts } from '../../src/evaluation/data/local-layout.ts';
import { readRowFilter } from '../../src/evaluation/data/row-filter.ts';
import { createShapeRow } from '../../src/evaluation/data/shape-rows.ts';
import { NO_SOURCES } from '../../src/evaluation/data/sources/data-sources.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import { loadOne, taskFiles } from '../fakes/task-files.ts';

const layoutOf = (local: object) => readLocalLayouts({ local, dataset_name: 'birds' }, 'x.yaml')[0]!;
const filtered = (rows: object, all: readonly object[]) => {
  const shape = createShapeRow(null, null, readRowFilter(rows, 'x.yaml'))!;
  return all.filter((row) => shape(row as Record<string, unknown>) !== null);
};

it('keeps rows by value, by several values, and by the length of a text', () => {
  const rows = [
    { kind: 'bird', label: 1, target: '麻雀' },
    { kind: 'fish', label: 2, target: '言之有理即可' },
    { kind: 'stone', label: 3, target: 'a long answer' },
  ];
  expect(filtered({ kind: 'bird' }, rows)).toEqual([rows[0]]);
  expect(filtered({ label: ['1', 3] }, rows)).toEqual([rows[0], rows[2]]);
  expect(filtered({ target: { max_length: 6 } }, rows)).toEqual([rows[0], rows[1]]);
  expect(filtered({ target: { max_length: 6, lacks: '即可' } }, rows)).toEqual([rows[0]]);
  expect(filtered({ target: { min_length: 7 }, kind: ['fish', 'stone'] }, rows)).toEqual([rows[2]]);
  expect(filtered({ kind: [['bird']] }, [{ kind: ['bird'] }, { kind: ['fish'] }])).toEqual([{ kind: ['bird'] }]);
  expect(createShapeRow(null, null, null)).toBeNull();
});

it('says what is wrong with a condition, and which columns there are', () => {
  expect(() => readRowFilter({ kind: { longest: 3 } }, 'x.yaml')).toThrow(/x\.yaml: `rows`/);
  expect(() => filtered({ sort: 'bird' }, [{ kind: 'bird', label: 1 }])).toThrow(/'sort'.*kind, label/);
});

it('gives a task the columns it names: renamed, within others, as lists, mappings, texts and numbers', () => {
  const { columns } = layoutOf({
    files: { test: '{{ dataset_name }}.csv' },
    columns: {
      question: '问题',
      stem: 'inner.stem',
      choices: ['A', 'B'],
      pair: { first: 'A', rest: ['B'] },
      answer: "{{ 'AB'.index(key) }}",
      labels: "{{ inner.all|map(attribute='l')|list }}",
      set: '{{ dataset_name }}',
    },
  });
  const layout = layoutOf({ files: { test: 'x' }, columns: columns! });
  const row = {
    问题: '1',
    A: 'one',
    B: 'two',
    key: 'B',
    inner: { stem: 'why', all: [{ l: 'x' }, { l: 'y' }] },
    more: 1,
  };
  expect(createShapeRow(layout, null, null)!(row)).toEqual({
    question: '1',
    stem: 'why',
    choices: ['one', 'two'],
    pair: { first: 'one', rest: ['two'] },
    answer: 1,
    labels: ['x', 'y'],
    set: 'birds',
  });
  expect(() => createShapeRow(layout, null, null)!({ A: 1 })).toThrow(/'问题' is not there; there are A/);
});

it('joins answers that lie in a file of their own, and never by a name every object has', () => {
  const layout = layoutOf({ files: { test: 'x' }, join: { file: 'answers.json', by: 'id' } });
  const shape = createShapeRow(layout, { 7: { answer: 1, text: 'theirs' } }, null)!;
  expect(shape({ id: 7, text: 'own' })).toEqual({ id: 7, text: 'own', answer: 1 });
  expect(() => shape({ id: 'constructor' })).toThrow(/nothing to join for id constructor/);
});

it('refuses a layout it does not know', () => {
  expect(() => layoutOf({ file: 'x' })).toThrow(/x\.yaml: `local/);
});

const TASK = `task: birds
dataset_path: nobody/birds
dataset_name: zh
test_split: test
fewshot_split: dev
num_fewshot: 1
output_type: multiple_choice
doc_to_text: "{{q}}"
doc_to_choice: ["no", "yes"]
doc_to_target: "{{ label }}"
rows: { kind: bird }
local:
  folders: [birds, birds-main/data]
  files: { test: "{{ dataset_name }}/*.csv", dev: "{{ dataset_name }}_dev.jsonl" }
  columns: { q: 问题, kind: kind, label: "{{ 1 if key == '是' else 0 }}" }
`;

it('finds the files of a layout below a directory of data sets, or in the folder itself', async () => {
  const data = {
    'birds-main/data/zh/a.csv': '问题,kind,key\n会飞吗？,bird,是\n会游吗？,fish,是',
    'birds-main/data/zh/b.csv': '问题,kind,key\n会唱吗？,bird,否',
    'birds-main/data/zh_dev.jsonl': [
      { 问题: '下蛋吗？', kind: 'bird', key: '是' },
      { 问题: '有鳃吗？', kind: 'fish', key: '是' },
    ],
  };
  const { docs, pool, summary } = await loadOne({ 'birds.yaml': TASK, ...data });
  expect(docs.map(({ fields }) => fields.q).sort()).toEqual(['会唱吗？', '会飞吗？']);
  expect(pool).toMatchObject([{ q: '下蛋吗？', label: 1 }]);
  const tasks = await taskFiles({ 'birds.yaml': TASK });
  const place = await taskFiles({
    'birds/zh/a.csv': data['birds-main/data/zh/a.csv'],
    'birds/zh/b.csv': data['birds-main/data/zh/b.csv'],
    'birds/zh_dev.jsonl': data['birds-main/data/zh_dev.jsonl'],
  });
  const again = await loadTasks({
    includePaths: [tasks],
    sources: { ...NO_SOURCES, directories: [`${place}/birds`] },
  });
  expect(again.problems).toEqual([]);
  expect(again.tasks[0]!.summary.hash).toBe(summary.hash);
});

it('names the file and the column when a layout does not fit what is there', async () => {
  await expect(
    loadOne({ 'birds.yaml': TASK, 'birds/zh/a.csv': 'q,kind\nwhy,bird', 'birds/zh_dev.jsonl': [{ q: 1 }] }),
  ).rejects.toThrow(/a\.csv can't be read: the column '问题' is not there; there are q, kind/);
});

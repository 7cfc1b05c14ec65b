import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { LibraError } from '../../src/domain/errors.ts';
import { buildRequests } from '../../src/evaluation/asking/build-requests.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import { choiceDocs, choiceTask, loadOne, taskFiles } from '../fakes/task-files.ts';

const docs = choiceDocs(4);

async function errorOf(files: Parameters<typeof taskFiles>[0]): Promise<LibraError> {
  return loadOne(files).then(
    () => Promise.reject(new Error('it loaded')),
    (error) => error as LibraError,
  );
}

test('one bad file never harms the others', async () => {
  const place = await taskFiles({
    'good.yaml': choiceTask(),
    'docs.jsonl': docs,
    'broken.yaml': 'task: broken\n  doc_to_text: [',
    'python.yaml': `${choiceTask('', 'python')}process_docs: !function utils.process\n`,
    'dataless.yaml': choiceTask('', 'dataless').replace('docs.jsonl', 'none.jsonl'),
    'again.yaml': choiceTask('', 'colours'),
    'notes.yaml': 'owner: somebody\n',
    'list.yaml': '- a\n- b\n',
    'deep/er/other.yaml': choiceTask('', 'other').replace('docs.jsonl', '../../docs.jsonl'),
  });
  const { tasks, problems } = await loadTasks({ includePaths: [place] });
  expect(tasks.map(({ summary }) => summary.name)).toEqual(['colours', 'other']);
  expect(problems.map(({ file, error }) => [file.slice(place.length + 1), error.code]).sort()).toEqual([
    ['broken.yaml', 'LIBRA_TASK_INVALID'],
    ['dataless.yaml', 'LIBRA_DATASET_MISSING'],
    ['good.yaml', 'LIBRA_TASK_INVALID'],
    ['list.yaml', 'LIBRA_TASK_INVALID'],
    ['python.yaml', 'LIBRA_TASK_INVALID'],
  ]);
  for (const { error } of problems) expect(error.hint).not.toBe('');
});

test('a Python function is refused with file and line, also when it comes by include', async () => {
  const place = await taskFiles({
    base_yaml: `dataset_path: json\n\nprocess_docs: !function utils.clean\n`,
    'mine.yaml': 'include: base_yaml\ntask: mine\ndoc_to_text: q\n',
  });
  const { problems } = await loadTasks({ includePaths: [place] });
  expect(problems[0]!.error.message).toContain(`${place}/base_yaml:3: `);
  expect(problems[0]!.error.message).toContain('!function utils.clean');
});

test('wrong YAML is named by line and column', async () => {
  const error = await errorOf({ 'a.yaml': 'task: a\nmetric_list:\n  - metric: "acc\n', 'docs.jsonl': docs });
  expect(error.message).toMatch(/a\.yaml:\d+:\d+: /);
});

test('an unknown task is told with the nearest name', async () => {
  const includePaths = [await taskFiles({ 'good.yaml': choiceTask(), 'docs.jsonl': docs })];
  await expect(loadTasks({ includePaths, only: ['colors'] })).rejects.toMatchObject({
    code: 'LIBRA_TASK_UNKNOWN',
    hint: expect.stringContaining("'colours'"),
  });
  await expect(loadTasks({ includePaths: ['/nowhere/at/all'] })).rejects.toMatchObject({
    code: 'LIBRA_DIRECTORY_MISSING',
  });
});

test.each([
  ['doc_to_txt: x', /doc_to_txt/, /doc_to_text/],
  ['metric_list: [{metric: acuracy}]', /acuracy/, /acc/],
  ['metric_list: [{metric: exact_match, ignore_cas: true}]', /ignore_cas/, /ignore_case/],
  ['metric_list: [{metric: perplexity}]', /does not fit/, /loglikelihood/],
  ['metric_list: [{metric: acc, aggregation: meen}]', /meen/, /mean/],
  ['filter_list: [{name: x, filter: [{function: regx}]}]', /regx/, /regex/],
  ['filter_list: [{name: x, filter: [{function: regex, regex_pattern: "("}]}]', /regex/, /options/],
  ['num_fewshot: 9', /only 4 docs/, /num_fewshot/],
  ['num_fewshot: -1', /num_fewshot/, /./],
  ['capabilities: [basic.reasoning.maths]', /maths/, /basic\.reasoning\.math'/],
  ['capabilities: [reasoning]', /reasoning/, /dotted/],
  ['description: "{% if %}"', /description/, /if/],
  ['description: "{{ nothing }}"', /nothing/, /id, q, choices, label/],
  ['use_prompt: promptsource', /use_prompt/, /./],
])('%s is refused with what to do', async (line, message, hint) => {
  const error = await errorOf({ 'a.yaml': choiceTask(line), 'docs.jsonl': docs });
  expect(error).toBeInstanceOf(LibraError);
  expect(error.message).toMatch(message);
  expect(error.hint).toMatch(hint);
});

test('capabilities: at the top or under metadata, own ones with a dotted path', async () => {
  const top = await loadOne({
    'a.yaml': choiceTask('capabilities: [basic.reasoning.math, team.billing]'),
    'docs.jsonl': docs,
  });
  expect(top.summary.capabilities).toEqual(['basic.reasoning.math', 'team.billing']);
  const below = await loadOne({
    'a.yaml': choiceTask('metadata: {version: 1.0, capabilities: probe.lm}'),
    'docs.jsonl': docs,
  });
  expect(below.summary).toMatchObject({ capabilities: ['probe.lm'], version: '1.0' });
});

test('includes merge, groups override, tags and patterns expand', async () => {
  const place = await taskFiles({
    'sub/base_yaml': choiceTask('description: "base "')
      .replace('task: colours\n', '')
      .replace('docs.jsonl', '../docs.jsonl'),
    'sub/one.yaml': 'include: base_yaml\ntask: set_one\ntag: set_tag\n',
    'sub/two.yaml': 'include: base_yaml\ntask: set_two\ntag: [set_tag, else]\ndescription: "own "\n',
    'group.yaml':
      'group: set\ntask:\n  - set_one\n  - task: set_two\n    num_fewshot: 1\n    task_alias: zwei\naggregate_metric_list: [{metric: acc}]\n',
    'outer.yaml': 'group: outer\ntask: [set]\n',
    'docs.jsonl': docs,
  });
  const load = async (only: string) => (await loadTasks({ includePaths: [place], only: [only] })).tasks;
  expect((await load('set_tag')).map(({ summary }) => summary.name)).toEqual(['set_one', 'set_two']);
  expect((await load('else')).map(({ summary }) => summary.name)).toEqual(['set_two']);
  expect((await load('set_*')).length).toBe(2);
  const [one, two] = await load('outer');
  expect(one!.summary.numFewshot).toBe(0);
  expect(two!.summary.numFewshot).toBe(1);
  expect(two!.settings.alias).toBe('zwei');
  expect(one!.settings.description).toBe('base ');
  expect(two!.settings.description).toBe('own ');
});

test('a circle of includes and a group within itself end with a sentence', async () => {
  const place = await taskFiles({
    'a.yaml': 'include: b.yaml\ntask: a\n',
    'b.yaml': 'include: a.yaml\n',
    'g.yaml': 'group: g\ntask: [g]\n',
  });
  const { problems } = await loadTasks({ includePaths: [place] });
  expect(problems.map(({ error }) => error.message)).toEqual(
    expect.arrayContaining([expect.stringContaining('includes itself')]),
  );
  await expect(loadTasks({ includePaths: [place], only: ['g'] })).rejects.toThrow(/contains itself/);
});

test('data: gzip, CSV, a JSON list, a folder with splits; wrong encodings and broken lines are named', async () => {
  const jsonl = docs.map((row) => JSON.stringify(row)).join('\n');
  const file = (name: string) => choiceTask().replace('docs.jsonl', name);
  expect((await loadOne({ 'a.yaml': file('docs.jsonl.gz'), 'docs.jsonl.gz': gzipSync(jsonl) })).docs).toHaveLength(4);
  expect((await loadOne({ 'a.yaml': file('docs.json'), 'docs.json': JSON.stringify(docs) })).docs).toHaveLength(4);
  const folder =
    'task: f\ndataset_path: data\noutput_type: generate_until\ntest_split: test\ndoc_to_text: q\ndoc_to_target: label\n';
  expect(
    (await loadOne({ 'f.yaml': folder, 'data/test-00000-of-00001.jsonl': docs, 'data/train.jsonl': docs.slice(1) }))
      .docs,
  ).toHaveLength(4);
  const csv =
    'task: c\ndataset_path: csv\ndataset_kwargs: {data_files: {test: d.csv}}\ntest_split: test\ndoc_to_text: "{{q}}|{{n}}"\ndoc_to_target: n\n';
  const table = await loadOne({ 'c.yaml': csv, 'd.csv': 'q,n\r\n"a ""b"", c",1\r\n山,2\r\n' });
  expect(
    table.docs
      .map((doc) => buildRequests(table, doc)[0])
      .map((request) => 'context' in request! && request.context)
      .sort(),
  ).toEqual(['a "b", c|1', '山|2']);

  expect((await errorOf({ 'a.yaml': choiceTask(), 'docs.jsonl': `${jsonl}\n{"q": ` })).message).toMatch(/line 5/);
  expect((await errorOf({ 'a.yaml': choiceTask(), 'docs.jsonl': Buffer.from([0x7b, 0xc4, 0xe3, 0x7d]) })).code).toBe(
    'LIBRA_DATASET_INVALID',
  );
  expect((await errorOf({ 'a.yaml': choiceTask(), 'docs.jsonl': '' })).message).toMatch(/no docs/);
  const gb = Buffer.from([0x71, 0x2c, 0x6e, 0x0a, 0xc4, 0xe3, 0x2c, 0x31, 0x0a]);
  const encoded = await loadOne({
    'c.yaml': csv.replace('{data_files', '{encoding: gb18030, data_files'),
    'd.csv': gb,
  });
  expect(encoded.docs[0]!.fields).toEqual({ q: '你', n: 1 });
});

test('the hash follows what is asked and scored, not names and labels', async () => {
  const hash = async (yaml: string, rows: readonly object[] = docs) =>
    (await loadOne({ 'a.yaml': yaml, 'docs.jsonl': rows })).summary.hash;
  const base = await hash(choiceTask());
  expect(await hash(choiceTask('capabilities: [probe.lm]\ntask_alias: x', 'other'))).toBe(base);
  expect(await hash(choiceTask('num_fewshot: 1'))).not.toBe(base);
  expect(await hash(choiceTask('target_delimiter: ""'))).not.toBe(base);
  expect(await hash(choiceTask('metric_list: [{metric: acc}]'))).not.toBe(base);
  expect(await hash(choiceTask('metadata: {version: 2}'))).not.toBe(base);
  expect(
    await hash(
      choiceTask(),
      docs.map((row, i) => (i === 2 ? { ...row, q: 'Changed' } : row)),
    ),
  ).not.toBe(base);
});

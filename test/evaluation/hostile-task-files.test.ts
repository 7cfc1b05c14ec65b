/** Task files that are wrong, or meant to harm, end with a sentence; those that only look odd are read. */
import { expect, it, test } from 'vitest';
import { readEverydayYaml } from '../../src/evaluation/tasks/read-everyday-yaml.ts';
import { parseAnyYaml, parseYaml } from '../../src/evaluation/tasks/read-yaml.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import { choiceDocs, choiceTask, taskFiles } from '../fakes/task-files.ts';

test.each([
  'a: b\nc: "d\\n\\\n  \\ e"\nf:\n- g: 1\n  h: [x, "y\\n", 2.0]\n- i\n',
  "a: 'it''s\n\n  so'\nb: !function utils.f # note\nc: |\n  {{ x }}\n\n    y\nd: 1.0.2\n",
  'a:\n  b:\n    c: no\n    d: ~\n    e: 0.5\nlist:\n  -\n    k: v\n  - - 1\n    - two words\n    - long\n      text\n',
])('the everyday reader reads what the complete one reads: %j', (text) => {
  const everyday = readEverydayYaml(text, 'f.yaml');
  expect(everyday).toBeDefined();
  expect(everyday).toEqual(parseAnyYaml(text, 'f.yaml'));
});

test.each([
  'a: &x 1\nb: *x\n',
  'a: >\n  x\n',
  'a: {b: 1}\n',
  'a: 12:30\n',
  'a: |+\n  x\n\n',
  'a: "\\q"\n',
  'a: b: c\n',
  'a: |\n  x',
])('it leaves to the complete one what it does not know: %j', (text) =>
  expect(readEverydayYaml(text, 'f.yaml')).toBeUndefined(),
);

it('refuses aliases that stand for billions, nesting without end, and files too large', () => {
  const laughs = Array.from(
    { length: 12 },
    (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`).join(', ')}]\n`,
  );
  expect(() => parseYaml(`a0: &a0 [x]\n${laughs.join('')}`, 'bomb.yaml')).toThrow(/bomb\.yaml: .*alias/i);
  expect(() => parseYaml(`a: ${'['.repeat(50_000)}`, 'deep.yaml')).toThrow(/deep\.yaml:1: it is nested too deep/);
  expect(() => parseYaml(`${'- '.repeat(50_000)}x\n`, 'deep.yaml')).toThrow(/nested too deep/);
  expect(() => parseYaml(`a: ${'x'.repeat(9e6)}\n`, 'large.yaml')).toThrow(/too large/);
});

it('a missing column is told with the columns there are and the nearest, in whichever template', async () => {
  const place = await taskFiles({
    'text.yaml': choiceTask('doc_to_text: "{{qq}}"', 'text'),
    'shot.yaml': choiceTask('num_fewshot: 1\nfewshot_config: {doc_to_text: "{{nowhere}}"}', 'shot'),
    'docs.jsonl': choiceDocs(3),
  });
  const { problems } = await loadTasks({ includePaths: [place] });
  const messages = problems.map(({ error }) => error.message).join('\n');
  expect(messages).toMatch(/`doc_to_text` names 'qq', which is no column \(there are .*\)/);
  expect(messages).toMatch(/`fewshot_config\.doc_to_text` names 'nowhere', which is no column/);
});

it('a group may write out tasks, take keys from a file, and lose members without losing the others', async () => {
  const place = await taskFiles({
    'base.part': choiceTask('', 'base').replace('task: base\n', ''),
    'one.yaml': choiceTask('', 'one'),
    'g.yaml':
      'group: g\ntask:\n  - one\n  - {task: own, include: base.part}\n  - nowhere\n  - {group: sub, task: [one]}\n',
    'docs.jsonl': choiceDocs(3),
  });
  const { tasks, groups, problems } = await loadTasks({ includePaths: [place], only: ['g'] });
  expect(tasks.map(({ summary }) => summary.name)).toEqual(['g::own', 'one']);
  expect(groups[0]).toMatchObject({
    members: ['one', 'g::own', { name: 'g::sub', members: ['one'] }],
    missing: ['nowhere'],
  });
  expect(problems.map(({ error }) => error.code)).toEqual(['LIBRA_TASK_UNKNOWN']);
});

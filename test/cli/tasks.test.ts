import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listTasks } from '../../src/cli/tasks/list-tasks.ts';
import { showTask, validateFiles } from '../../src/cli/tasks/show-task.ts';
import { choiceDocs, choiceTask, taskFiles } from '../fakes/task-files.ts';

function paper() {
  let text = '';
  return {
    write: (more: string) => {
      text += more;
    },
    text: () => text,
  };
}

const library = () =>
  taskFiles({
    'colours.yaml': choiceTask('capabilities: [basic.reasoning.math]\nnum_fewshot: 1'),
    'docs.jsonl': choiceDocs(3),
    'broken.yaml': 'task: broken\nlist: [1, 2\nb: 3\n',
    'gone.yaml': choiceTask('', 'gone').replace('docs.jsonl', 'gone.jsonl'),
  });

test('list: tasks, and what is not available with its reason', async () => {
  const place = await library();
  const output = paper();
  await listTasks({ includePath: [place] }, output);
  expect(output.text()).toMatch(/colours\s+multiple_choice\s+3\s+1\s+acc, acc_norm\s+basic\.reasoning\.math/);
  expect(output.text()).toMatch(/Not available \(2\):[\s\S]*\ngone: .*gone\.jsonl/);
  const json = paper();
  await listTasks({ includePath: [place], json: true }, json);
  expect(JSON.parse(json.text())).toMatchObject({
    tasks: [{ name: 'colours' }],
    problems: [{ code: 'LIBRA_TASK_INVALID' }, { task: 'gone', code: 'LIBRA_DATASET_MISSING' }],
  });
});

test('list: the built-in library without a directory, and what it lacks set by set', async () => {
  const output = paper();
  await listTasks({}, output);
  expect(output.text()).toMatch(/starter_basic_reasoning_math .*basic\.reasoning\.math +starter docs, not a benchmark/);
  expect(output.text()).toMatch(/\nmmlu_abstract_algebra and 56 more \(to mmlu_world_religions\): .*cais\/mmlu/);
  expect(output.text()).toMatch(/\nimageeval_en, imageeval_zh: .*needs a text-to-image model/);
  const lines = output.text().split('\nNot available')[1]!.split('\n');
  expect(lines.length).toBeLessThan(40);
});

test('list and show find data sets below --data-path', async () => {
  const place = await taskFiles({
    'gsm8k/test.jsonl': [{ question: 'One and one?', answer: 'Two.\n#### 2' }],
    'gsm8k/train.jsonl': [0, 1, 2, 3, 4].map((i) => ({ question: `${i} and 0?`, answer: `#### ${i}` })),
  });
  const output = paper();
  await listTasks({ dataPath: [place] }, output);
  expect(output.text()).toMatch(/\ngsm8k +generate_until +1 +5 /);
  const shown = paper();
  await showTask('gsm8k', { dataPath: [place] }, shown);
  expect(shown.text()).toMatch(/licence: MIT\nsource: Cobbe/);
  expect(shown.text()).toMatch(/#### \d\n[\s\S]*\nQuestion: One and one\?\nAnswer:/);
});

test('show and validate render a doc as the model sees it', async () => {
  const place = await library();
  const output = paper();
  await showTask('colours', { includePath: [place] }, output);
  expect(output.text()).toMatch(
    /--- example 1 of 1 ---\nQuestion \d\? (red|green)\n\n\n--- question ---\nQuestion \d\?\n--- answer ---\n-> " red"\n-> " green"\nexpected: (red|green)/,
  );
  const json = paper();
  expect(await validateFiles([join(place, 'colours.yaml')], { json: true }, json)).toBe(0);
  expect(JSON.parse(json.text())).toMatchObject({
    name: 'colours',
    size: 3,
    example: { requests: [{ type: 'loglikelihood' }, {}] },
  });
  const both = paper();
  const files = ['gone.yaml', 'colours.yaml', 'broken.yaml'].map((name) => join(place, name));
  expect(await validateFiles(files, {}, both)).not.toBe(0);
  expect(both.text()).toMatch(/--- question ---[\s\S]*gone\.jsonl[\s\S]*broken\.yaml:\d+:\d+/);
});

test('list: only what fits the pattern and the capability', async () => {
  const place = await library();
  const names = async (flags: object, pattern?: string) => {
    const output = paper();
    await listTasks({ includePath: [place], json: true, ...flags }, output, pattern);
    return JSON.parse(output.text()).tasks.map(({ name }: { name: string }) => name);
  };
  expect(await names({}, 'col*')).toEqual(['colours']);
  expect(await names({}, 'x*')).toEqual([]);
  expect(await names({ capability: 'basic.reasoning' })).toEqual(['colours']);
  expect(await names({ capability: 'basic.reas' })).toEqual([]);
  expect(await names({ kind: 'codegen' })).toEqual([]);
});

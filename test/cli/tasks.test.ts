import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listTasks } from '../../src/cli/tasks/list-tasks.ts';
import { showTask, validateFile } from '../../src/cli/tasks/show-task.ts';
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
    'gone.yaml': choiceTask('', 'gone').replace('docs.jsonl', 'gone.jsonl'),
  });

test('list: tasks, and what is not available with its reason', async () => {
  const place = await library();
  const output = paper();
  await listTasks({ includePath: [place] }, output);
  expect(output.text()).toMatch(/colours\s+multiple_choice\s+3\s+1\s+acc, acc_norm\s+basic\.reasoning\.math/);
  expect(output.text()).toMatch(/Not available \(1\):\ngone: .*gone\.jsonl/);
  const json = paper();
  await listTasks({ includePath: [place], json: true }, json);
  expect(JSON.parse(json.text())).toMatchObject({
    tasks: [{ name: 'colours' }],
    problems: [{ task: 'gone', code: 'LIBRA_DATASET_MISSING' }],
  });
  await expect(listTasks({}, paper())).rejects.toMatchObject({ code: 'LIBRA_USAGE' });
});

test('show and validate render a doc as the model sees it', async () => {
  const place = await library();
  const output = paper();
  await showTask('colours', { includePath: [place] }, output);
  expect(output.text()).toMatch(
    /Question \d\? (red|green)\n\nQuestion \d\?\n-> " red"\n-> " green"\nexpected: (red|green)/,
  );
  const json = paper();
  await validateFile(join(place, 'colours.yaml'), { json: true }, json);
  expect(JSON.parse(json.text())).toMatchObject({
    name: 'colours',
    size: 3,
    example: { requests: [{ type: 'loglikelihood' }, {}] },
  });
  await expect(validateFile(join(place, 'gone.yaml'), {}, paper())).rejects.toMatchObject({
    code: 'LIBRA_DATASET_MISSING',
  });
});

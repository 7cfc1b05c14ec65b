import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTOMATIC_PROMPTING, promptTasks } from '../../src/daemon/choose-prompting.ts';
import type { RecognisedModelType } from '../../src/domain/model-type.ts';
import { buildRequests } from '../../src/evaluation/asking/build-requests.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

const CHECKPOINT = new URL('../../fixtures/base/checkpoint-960/', import.meta.url).pathname;
const TEMPLATE =
  '{% for m in messages %}<{{ m.role }}>{{ m.content }}</{{ m.role }}>{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}';
const chat: RecognisedModelType = {
  type: 'chat',
  isAdapter: false,
  hasChatTemplate: true,
  base: null,
  evidence: ['it ends turns'],
};

let directory: string;
let choices: Task;
let generating: Task;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'libra-prompting-'));
  for (const name of ['config.json', 'tokenizer.json']) {
    await writeFile(join(directory, name), await readFile(join(CHECKPOINT, name)));
  }
  const config = JSON.parse(await readFile(join(CHECKPOINT, 'tokenizer_config.json'), 'utf8'));
  await writeFile(join(directory, 'tokenizer_config.json'), JSON.stringify({ ...config, chat_template: TEMPLATE }));
  choices = await loadOne({
    'a.yaml': choiceTask('capabilities: [basic.reasoning.math]'),
    'docs.jsonl': choiceDocs(4),
  });
  generating = await loadOne({
    'b.yaml':
      'task: echo\ndataset_path: json\ndataset_kwargs: {data_files: {test: t.jsonl, train: t.jsonl}}\ntest_split: test\nfewshot_split: train\nnum_fewshot: 1\noutput_type: generate_until\ndoc_to_text: "Q: {{q}}"\ndoc_to_target: "{{a}}"\nmetric_list: [{metric: exact_match}]\n',
    't.jsonl': [
      { q: 'one', a: '1' },
      { q: 'two', a: '2' },
      { q: 'three', a: '3' },
    ],
  });
});
afterAll(() => rm(directory, { recursive: true }));

const contexts = (tasks: readonly Task[]) =>
  tasks.map((task) => {
    const [request] = buildRequests(task, task.docs[0]!);
    return request !== undefined && 'context' in request ? request.context : '';
  });

describe('a chat model left to itself', () => {
  it('generates through its own template, examples as turns; choices stay plain, so that its base can be compared', async () => {
    const plain = contexts([choices]);
    const { tasks, note } = await promptTasks([choices, generating], AUTOMATIC_PROMPTING, chat, [directory]);
    const [choice, generation] = contexts(tasks);
    expect(choice).toBe(plain[0]);
    expect(generation).toMatch(/^<user>Q: \w+<\/user><assistant>\d<\/assistant><user>Q: \w+<\/user><assistant>$/);
    expect(note).toContain('it ends turns');
    expect(tasks[0]!.summary.hash).toBe(choices.summary.hash);
    expect(tasks[1]!.summary.hash).not.toBe(generating.summary.hash);
  });

  it('is asked as the user says', async () => {
    const off = { ...AUTOMATIC_PROMPTING, applyChatTemplate: false };
    const { tasks, note } = await promptTasks([choices, generating], off, chat, [directory]);
    expect(contexts(tasks)).toEqual(contexts([choices, generating]));
    expect(note).toBeNull();
    const on = await promptTasks([choices], { ...off, applyChatTemplate: true }, chat, [directory]);
    expect(contexts(on.tasks)[0]).toMatch(/^<user>.*<assistant>$/s);
  });
});

it('asks a base model in plain text, whatever template it carries', async () => {
  const { tasks } = await promptTasks([generating], AUTOMATIC_PROMPTING, { ...chat, type: 'base' }, [directory]);
  expect(contexts(tasks)).toEqual(contexts([generating]));
});

it('says so when there is no template to ask through', async () => {
  const wishes = { ...AUTOMATIC_PROMPTING, applyChatTemplate: true };
  await expect(promptTasks([generating], wishes, chat, [CHECKPOINT])).rejects.toThrow(/has no chat template/);
});

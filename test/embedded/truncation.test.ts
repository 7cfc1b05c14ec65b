/** Texts longer than the model reads: cut as lm-evaluation-harness cuts them, and said; refused where nobody asked for cutting. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runLibra } from '../e2e/libra-process.ts';
import { type EngineProcess, startEngine } from './engine-process.ts';
import { writeSeeded } from './seeded-checkpoint.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Tokens the seeded models read. */
const LENGTH = 128;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let checkpoint: string;
let engine: EngineProcess;
beforeAll(async () => {
  directory = await temporaryDirectory();
  checkpoint = await writeSeeded('plain', join(directory.path, 'checkpoint-7'));
  engine = await startEngine([checkpoint]);
});
afterAll(async () => {
  await engine[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const long = Array.from({ length: 300 }, (_, index) => (index * 53 + 7) % 1000);

test('scoring keeps the last max_length + 1 tokens, and tells which items were cut', async () => {
  const items = [
    { context: long, continuations: [[5, 6], [7]] },
    { context: long.slice(-(LENGTH + 1 - 2)), continuations: [[5, 6]] },
    { context: [1], continuations: [[2]] },
  ];
  const { json } = await engine.post('/v1/score', { items });
  expect(json.truncated).toBe(1);
  expect(json.items[0]).toMatchObject([{ truncated: true }, { truncated: true }]);
  expect(json.items[1][0].truncated).toBeUndefined();
  expect(json.items[0][0].logprob).toBeCloseTo(json.items[1][0].logprob, 4);
});

test('a prompt that is too long is refused, unless the request says how to cut it', async () => {
  const ask = { prompt: long, max_tokens: 20, temperature: 0, return_token_ids: true };
  const refused = (await engine.post('/v1/completions', ask)).json.error;
  expect(refused).toMatchObject({ code: 'context_length_exceeded', param: 'prompt' });
  expect(refused.message).toMatch(/maximum context length is 128 tokens. However, you requested 320 tokens/);
  const cut = (await engine.post('/v1/completions', { ...ask, truncate_prompt_tokens: -1 })).json;
  expect(cut.choices[0]).toMatchObject({ truncated: true, prompt_token_ids: long.slice(-(LENGTH - 20)) });
  expect(cut.truncated).toBe(1);
  const same = (await engine.post('/v1/completions', { ...ask, truncate_prompt_tokens: LENGTH - 20 })).json;
  expect(same.choices[0].token_ids).toEqual(cut.choices[0].token_ids);
  const whole = (await engine.post('/v1/completions', { ...ask, prompt: long.slice(0, 9), truncate_prompt_tokens: -1 }))
    .json;
  expect(whole.choices[0].truncated).toBeUndefined();
});

test('libra evaluate says once a task how many docs were cut', async () => {
  const place = join(directory.path, 'tasks');
  await mkdir(place);
  const filler = 'one two three four five six seven eight nine ten. '.repeat(20);
  const docs = [filler, 'short. ', filler].map((text) => JSON.stringify({ text, answer: 0 })).join('\n');
  await writeFile(join(place, 'docs.jsonl'), docs);
  const task = (name: string, rest: string) =>
    writeFile(
      join(place, `${name}.yaml`),
      `task: ${name}\ndataset_path: json\ndataset_kwargs:\n  data_files:\n    test: docs.jsonl\ntest_split: test\n${rest}`,
    );
  const accuracy = 'metric_list:\n  - metric: acc\n';
  await task(
    'choose',
    `output_type: multiple_choice\ndoc_to_text: "{{text}}"\ndoc_to_choice: [yes, no]\ndoc_to_target: answer\n${accuracy}`,
  );
  await task(
    'write',
    'output_type: generate_until\ndoc_to_text: "{{text}}"\ndoc_to_target: "a"\ngeneration_kwargs:\n  until: ["\\n"]\n  max_gen_toks: 8\nmetric_list:\n  - metric: exact_match\n',
  );
  await task(
    'fits',
    `output_type: multiple_choice\ndoc_to_text: "a"\ndoc_to_choice: [yes, no]\ndoc_to_target: answer\n${accuracy}`,
  );
  const { stderr, code } = await runLibra(['evaluate', checkpoint, '--include-path', place]);
  expect(code).toBe(0);
  const said = stderr.split('\n').filter((line) => line.includes('as lm-evaluation-harness does'));
  expect(said).toHaveLength(2);
  for (const name of ['choose', 'write']) {
    expect(said.join('\n')).toMatch(
      new RegExp(`${name}: 2 of 3 docs were longer than the model's 128 tokens; their beginnings were cut`),
    );
  }
}, 180_000);

test('a tokenizer that adds a BOS adds it to contexts, once', async () => {
  const own = join(directory.path, 'checkpoint-8');
  await writeSeeded('plain', own);
  await addBos(own);
  await using begun = await startEngine([own]);
  const ids = async (text: string) =>
    (await begun.post('/tokenize', { prompt: text, add_special_tokens: false })).json.tokens as number[];
  const [context, bos] = [await ids('one two'), (await begun.get('/tokenizer_info')).json.bos_token as string];
  const [first] = await ids(bos);
  const whole = await ids('one two three');
  const continuations = [' three'];
  const tokens = [whole.slice(context.length)];
  const { json } = await begun.post('/v1/score', {
    items: [
      { context: 'one two', continuations },
      { context: `${bos}one two`, continuations },
      { context: [first, ...context], continuations: tokens },
      { context, continuations: tokens },
    ],
  });
  const [added, there, wanted, without] = json.items.map(([only]: [{ logprob: number }]) => only.logprob);
  expect(added).toBeCloseTo(wanted, 5);
  expect(there).toBeCloseTo(wanted, 5);
  expect(Math.abs(without - wanted)).toBeGreaterThan(1e-3);
  const prompts = ['one two', `${bos}one two`];
  const made = await begun.post('/v1/completions', { prompt: prompts, max_tokens: 1, return_token_ids: true });
  for (const choice of made.json.choices) expect(choice.prompt_token_ids).toEqual([first, ...context]);
});

/** The tokenizer's end token becomes its BOS, put before every text. */
async function addBos(checkpoint: string): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const file = join(checkpoint, 'tokenizer.json');
  await copyFile(file, `${file}.before`);
  const json = JSON.parse(await readFile(file, 'utf8'));
  const [{ id, content }] = json.added_tokens;
  json.post_processor = {
    type: 'TemplateProcessing',
    single: [{ SpecialToken: { id: content, type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }],
    pair: [{ Sequence: { id: 'A', type_id: 0 } }, { Sequence: { id: 'B', type_id: 1 } }],
    special_tokens: { [content]: { id: content, ids: [id], tokens: [content] } },
  };
  await writeFile(file, JSON.stringify(json));
  const config = JSON.parse(await readFile(join(checkpoint, 'tokenizer_config.json'), 'utf8'));
  await writeFile(join(checkpoint, 'tokenizer_config.json'), JSON.stringify({ ...config, bos_token: content }));
}

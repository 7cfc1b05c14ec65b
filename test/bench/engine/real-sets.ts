/**
 * `npm run bench:real-sets -- DATA [--docs N]`: SmolLM2-135M on real benchmark data, by `libra evaluate` and by
 * `lm_eval --model hf` on the same files. Every doc must be answered alike, except where the two best choices are closer than
 * twice the tolerance; those are listed. DATA is a folder with the sets as their authors publish them.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { openData } from '../../../src/evaluation/data/open-data.ts';
import { readDelimited } from '../../../src/evaluation/data/read-delimited.ts';
import { compareAnswers, describeAgreement, runHarness, runLibra } from './end-to-end.ts';
import { findPeers } from './peers.ts';

/** Nats; what two exact fp32 implementations may differ by in the sum over a choice. */
const TOLERANCE = 1e-3;

interface Doc {
  readonly text: string;
  /** None: the model continues the text. */
  readonly choices?: readonly string[];
  readonly answer: string | number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { docs: { type: 'string', default: '20' }, batch: { type: 'string', default: '4' } },
});
const [data] = positionals;
if (data === undefined || !existsSync(data)) {
  console.error('name the folder with the benchmark data');
  process.exit(2);
}
const at = (...parts: string[]) => join(data, ...parts);
const text = (...parts: string[]) => readFileSync(at(...parts), 'utf8');
const lines = (...parts: string[]) =>
  text(...parts)
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
async function rowsOf(path: string) {
  const rows: object[] = [];
  for await (const batch of readDelimited(
    openData(path, () => null),
    {},
  ))
    rows.push(...batch);
  return rows;
}
const table = async (...parts: string[]) => {
  return (await rowsOf(at(...parts))) as Record<string, string>[];
};
const LETTERS = ['A', 'B', 'C', 'D'];

const SETS: Readonly<Record<string, () => Doc[] | Promise<Doc[]>>> = {
  gsm8k: () =>
    lines('gsm8k', 'test.jsonl').map(({ question, answer }) => ({ text: `Question: ${question}\nAnswer:`, answer })),
  ...Object.fromEntries(
    ['anatomy', 'ancient_chinese', 'computer_science'].map((subject) => [`cmmlu_${subject}`, () => cmmlu(subject)]),
  ),
  ...Object.fromEntries(
    ['navigate', 'boolean_expressions', 'date_understanding'].map((name) => [`bbh_${name}`, () => bbh(name)]),
  ),
  humaneval: () =>
    gunzipSync(readFileSync(at('humaneval', 'HumanEval.jsonl.gz')))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ prompt }) => ({ text: prompt, answer: 'pass' })),
  bustm: () =>
    lines('fewclue', 'bustm', 'test_public.json').map(({ sentence1, sentence2, label }) => ({
      text: `“${sentence1}”和“${sentence2}”的意思相同吗？`,
      choices: ['不同', '相同'],
      answer: Number(label),
    })),
  eprstmt: () =>
    lines('fewclue', 'eprstmt', 'test_public.json').map(({ sentence, label }) => ({
      text: `评论：${sentence}\n情感：`,
      choices: ['差评', '好评'],
      answer: label === 'Positive' ? 1 : 0,
    })),
  csl: () =>
    lines('fewclue', 'csl', 'test_public.json').map(({ abst, keyword, label }) => ({
      text: `摘要：${abst}\n关键词：${keyword.join('、')}\n关键词都正确吗？`,
      choices: ['不是', '是'],
      answer: Number(label),
    })),
  chid: () =>
    lines('fewclue', 'chid', 'test_public.json').map(({ content, candidates, answer }) => ({
      text: `${content.replace('#idiom#', '____')}\n空格处应填：`,
      choices: candidates,
      answer,
    })),
  cluewsc: () =>
    lines('fewclue', 'cluewsc', 'test_public.json').map(({ text: passage, target, label }) => ({
      text: `${passage}\n其中“${target.span2_text}”指的是“${target.span1_text}”吗？`,
      choices: ['不是', '是'],
      answer: label === 'true' ? 1 : 0,
    })),
  ...Object.fromEntries(
    ['LLSRC', 'SLPWC', 'SLSRC'].map((name) => [
      `csem_${name}`,
      async () =>
        (await table('csem', `${name}_v1.csv`)).map((row) =>
          choiceDoc(row.问题, row.选项1, row.选项2, row.选项3, row.选项4, row.答案),
        ),
    ]),
  ),
  safetybench_zh: () => {
    const answers = JSON.parse(text('safetybench', 'test_answers_zh_subset.json'));
    return JSON.parse(text('safetybench', 'test_zh_subset.json')).map(
      ({ id, question, options }: { id: number; question: string; options: string[] }) => ({
        text: `问题：${question}\n回答：`,
        choices: options,
        answer: answers[id].answer,
      }),
    );
  },
  clcc: () =>
    JSON.parse(text('clcc', 'clcc.json')).examples.map(({ input, target }: { input: string; target: string }) => ({
      text: `${input}\n答：`,
      answer: target,
    })),
};

function choiceDoc(question: string | undefined, ...rest: (string | undefined)[]): Doc {
  const choices = rest.slice(0, 4);
  const options = choices.map((choice, index) => `${LETTERS[index]}. ${choice}`).join('\n');
  return { text: `${question}\n${options}\n答案是：`, choices: LETTERS, answer: LETTERS.indexOf(rest[4] ?? '') };
}

async function cmmlu(subject: string): Promise<Doc[]> {
  return (await table('cmmlu', 'test', `${subject}.csv`)).map((row) =>
    choiceDoc(row.Question, row.A, row.B, row.C, row.D, row.Answer),
  );
}

function bbh(name: string): Doc[] {
  return JSON.parse(text('bbh', `${name}.json`)).examples.map(
    ({ input, target }: { input: string; target: string }) => ({
      text: `Q: ${input}\nA:`,
      answer: target,
    }),
  );
}

function writeSet(directory: string, name: string, docs: readonly Doc[]): void {
  const file = join(directory, `${name}.jsonl`);
  writeFileSync(file, docs.map((doc, id) => `${JSON.stringify({ id, ...doc })}\n`).join(''));
  const isChoice = docs[0]?.choices !== undefined;
  const task = {
    task: name,
    dataset_path: 'json',
    dataset_kwargs: { data_files: { test: file } },
    test_split: 'test',
    output_type: isChoice ? 'multiple_choice' : 'generate_until',
    doc_to_text: '{{text}}',
    doc_to_target: 'answer',
    ...(isChoice && { doc_to_choice: 'choices' }),
    ...(!isChoice && { generation_kwargs: { until: ['\n\n'], do_sample: false, max_gen_toks: 64 } }),
    metric_list: [{ metric: isChoice ? 'acc' : 'exact_match', aggregation: 'mean', higher_is_better: true }],
    metadata: { version: 1 },
  };
  writeFileSync(join(directory, `${name}.yaml`), JSON.stringify(task, null, 1));
}

const peers = findPeers();
if ('reason' in peers) {
  console.log(`skipped: ${peers.reason}`);
  process.exit(0);
}
const directory = mkdtempSync(join(tmpdir(), 'libra-sets-'));
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
mkdirSync(directory, { recursive: true });
const docs = Number(values.docs);
// The first docs are the same for both: each evaluates all of them.
for (const [name, read] of Object.entries(SETS)) writeSet(directory, name, (await read()).slice(0, docs));
const tasks = readdirSync(directory).flatMap((name) => (name.endsWith('.yaml') ? [name.slice(0, -5)] : []));
const work = { tasks, directory, docs, model: peers.fp32 };
const own = await runLibra(work);
console.log(`libra evaluate: ${own.seconds.toFixed(0)} s`);
const harness = await runHarness(peers, work, values.batch);
console.log(`lm_eval --model hf: ${harness.seconds.toFixed(0)} s, ${(harness.seconds / own.seconds).toFixed(1)} x`);
let unexplained = 0;
for (const task of tasks) {
  const agreement = compareAnswers(own.answers.get(task)!, harness.answers.get(task)!);
  console.log(`${task.padEnd(26)} ${describeAgreement(agreement)}`);
  for (const { id, margin } of agreement.different) {
    const isClose = margin !== null && margin < 2 * TOLERANCE;
    if (!isClose) unexplained += 1;
    console.log(
      `  doc ${id}: ${margin === null ? 'another text' : `the two best choices are ${margin.toExponential(1)} apart`}`,
    );
  }
}
console.log(
  unexplained === 0 ? 'no difference that rounding does not explain' : `${unexplained} differences to look at`,
);
process.exitCode = unexplained === 0 ? 0 : 1;

/** A set gives the same prompts in the form of the hub and in the layout its authors publish. */
import { describe, expect, it } from 'vitest';
import { buildRequests } from '../../../src/evaluation/asking/build-requests.ts';
import { NO_SOURCES } from '../../../src/evaluation/data/sources/data-sources.ts';
import { loadTasks } from '../../../src/evaluation/tasks/task-loader.ts';
import { type TaskFiles, taskFiles } from '../../fakes/task-files.ts';

async function askedFrom(task: string, files: TaskFiles) {
  const place = await taskFiles(files);
  const { tasks, problems } = await loadTasks({
    includePaths: [],
    only: [task],
    sources: { ...NO_SOURCES, directories: [place] },
  });
  if (problems[0] !== undefined) throw problems[0].error;
  const [loaded] = tasks;
  return [...loaded!.docs]
    .sort((a, b) => a.position - b.position)
    .map((doc) => ({ requests: buildRequests(loaded!, doc), target: loaded!.reader.target(doc.fields) }));
}

const science = (stem: string) => ({
  id: stem.length,
  stem,
  text: ['wind', 'rain', 'snow', 'sun'],
  label: ['A', 'B', 'C', 'D'],
});
const nested = ({ stem, text, label }: ReturnType<typeof science>, more: object = {}) => ({
  id: `Q${stem.length}`,
  question: { stem, choices: text.map((one, i) => ({ text: one, label: label[i] })), ...more },
  answerKey: 'B',
});
const flat = ({ stem, text, label }: ReturnType<typeof science>, name = 'question', more: object = {}) => ({
  id: `Q${stem.length}`,
  [name]: stem,
  choices: { text, label },
  ...more,
  answerKey: 'B',
});
const docs = [science('What wets the ground?'), science('What falls from clouds when it is warm?')];
const mmluRow = (i: number) => ({
  question: ` Number ${i}, "quoted"? `,
  subject: 'anatomy',
  choices: ['1', 'two, and', '3', '4'],
  answer: i % 4,
});
const mmluCsv = (i: number) => `" Number ${i}, ""quoted""? ",1,"two, and",3,4,${'ABCD'[i % 4]}`;
const five = [0, 1, 2, 3, 4, 5];
const cmmluRow = (i: number) => ({ Question: `第${i}题`, A: '甲', B: '乙', C: '丙', D: '丁', Answer: 'ABCD'[i % 4] });

const SETS: Readonly<Record<string, readonly [hub: TaskFiles, authors: TaskFiles]>> = {
  mmlu_anatomy: [
    {
      'cais/mmlu/anatomy/test.jsonl': five.map(mmluRow),
      'cais/mmlu/anatomy/dev.jsonl': five.map((i) => mmluRow(i + 1)),
    },
    {
      'mmlu/test/anatomy_test.csv': five.map(mmluCsv).join('\n'),
      'mmlu/dev/anatomy_dev.csv': five.map((i) => mmluCsv(i + 1)).join('\n'),
    },
  ],
  cmmlu_agronomy: [
    {
      'haonan-li/cmmlu/agronomy/test.jsonl': five.map(cmmluRow),
      'haonan-li/cmmlu/agronomy/dev.jsonl': five.map(cmmluRow),
    },
    {
      'CMMLU/test/agronomy.csv': [
        ',Question,A,B,C,D,Answer',
        ...five.map((i) => `${i},第${i}题,甲,乙,丙,丁,${'ABCD'[i % 4]}`),
      ].join('\n'),
      'CMMLU/dev/agronomy.csv': [
        ',Question,A,B,C,D,Answer',
        ...five.map((i) => `${i},第${i}题,甲,乙,丙,丁,${'ABCD'[i % 4]}`),
      ].join('\n'),
    },
  ],
  arc_easy: [
    { 'allenai/ai2_arc/ARC-Easy/test.jsonl': docs.map((doc) => flat(doc)) },
    { 'ai2_arc/ARC-V1-Feb2018-2/ARC-Easy/ARC-Easy-Test.jsonl': docs.map((doc) => nested(doc)) },
  ],
  openbookqa: [
    { 'allenai/openbookqa/main/test.jsonl': docs.map((doc) => flat(doc, 'question_stem')) },
    { 'OpenBookQA-V1-Sep2018/Data/Main/test.jsonl': docs.map((doc) => nested(doc)) },
  ],
  commonsense_qa: [
    {
      'tau/commonsense_qa/validation.jsonl': docs.map((doc) =>
        flat({ ...doc, text: [...doc.text, 'fog'], label: [...doc.label, 'E'] }, 'question', {
          question_concept: 'rain',
        }),
      ),
    },
    {
      'commonsense_qa/dev_rand_split.jsonl': docs.map((doc) =>
        nested({ ...doc, text: [...doc.text, 'fog'], label: [...doc.label, 'E'] }, { question_concept: 'rain' }),
      ),
    },
  ],
  boolq: [
    { 'aps/super_glue/boolq/validation.jsonl': [{ passage: 'Ice is cold.', question: 'is ice cold', label: 1 }] },
    { 'boolq/dev.jsonl': [{ passage: 'Ice is cold.', question: 'is ice cold', title: 'Ice', answer: true }] },
  ],
  truthfulqa_mc1: [
    {
      'truthfulqa/truthful_qa/multiple_choice/validation.jsonl': [
        { question: 'What is glass?', mc1_targets: { choices: ['A solid', 'A slow liquid'], labels: [1, 0] } },
      ],
    },
    {
      'TruthfulQA/data/mc_task.json': JSON.stringify([
        { question: 'What is glass?', mc1_targets: { 'A solid': 1, 'A slow liquid': 0 } },
      ]),
    },
  ],
  math_algebra: [
    {
      'EleutherAI/hendrycks_math/algebra/test.jsonl': [{ problem: 'p', solution: 'So \\boxed{\\frac{1}{2}}.' }],
      'EleutherAI/hendrycks_math/algebra/train.jsonl': five.map((i) => ({
        problem: `q${i}`,
        solution: `\\boxed{${i}}`,
      })),
    },
    {
      'MATH/test/algebra/1.json': JSON.stringify({ problem: 'p', solution: 'So \\boxed{\\frac{1}{2}}.' }),
      ...Object.fromEntries(
        five.map((i) => [
          `MATH/train/algebra/${i}.json`,
          JSON.stringify({ problem: `q${i}`, solution: `\\boxed{${i}}` }),
        ]),
      ),
    },
  ],
  raft_overruling: [
    { 'ought/raft/overruling/train.jsonl': [{ Sentence: 'we overrule it', ID: 0, Label: 2 }] },
    { 'raft/overruling/train.csv': 'Sentence,ID,Label\nwe overrule it,0,overruling' },
  ],
  safetybench_zh_ethics: [
    {
      'thu-coai/SafetyBench/test/zh_subset.jsonl': [
        { id: 5, category: 'Ethics and Morality', question: '好吗？', options: ['好', '不好'], answer: 1 },
        { id: 6, category: 'Offensiveness', question: '骂人吗？', options: ['是', '否'], answer: 0 },
      ],
    },
    {
      'safetybench/test_zh_subset.json': JSON.stringify([
        { id: 5, category: 'Ethics and Morality', question: '好吗？', options: ['好', '不好'] },
        { id: 6, category: 'Offensiveness', question: '骂人吗？', options: ['是', '否'] },
      ]),
      'safetybench/test_answers_zh_subset.json': JSON.stringify({
        5: { category: 'Ethics and Morality', answer: 1 },
        6: { category: 'Offensiveness', answer: 0 },
      }),
    },
  ],
};

it.each(Object.entries(SETS))('%s', async (task, [hub, authors]) => {
  const asked = await askedFrom(task, hub);
  expect(asked.length).toBeGreaterThan(0);
  expect(await askedFrom(task, authors)).toEqual(asked);
});

describe('what lm-evaluation-harness prepares in Python is said in templates', () => {
  it('HellaSwag: marks of its sources are cleaned away', async () => {
    const [doc] = await askedFrom('hellaswag', {
      'hellaswag/hellaswag_val.jsonl': [
        {
          activity_label: 'Baking',
          ctx_a: ' A cook [header] stands [title] Ready.',
          ctx_b: 'THE cook',
          endings: ['stirs [substeps]  it.', ' sings.', '[title] sleeps.', 'runs  [away'],
          label: 1,
        },
      ],
    });
    expect(doc).toMatchObject({ target: 1 });
    expect(doc!.requests.map((request) => (request as { context: string }).context)[0]).toBe(
      'Baking: A cook stands. Ready. The cook',
    );
    expect(doc!.requests.map((request) => (request as { continuation: string }).continuation)).toEqual([
      ' stirs  it.',
      ' sings.',
      '  sleeps.',
      ' runs [away',
    ]);
  });

  it('WinoGrande: each option stands in the sentence, and what follows is scored', async () => {
    const [doc] = await askedFrom('winogrande', {
      'winogrande/dev.jsonl': [
        { qID: 'x', sentence: 'Ann thanked Bea because _ had helped.', option1: 'Ann', option2: 'Bea', answer: '2' },
      ],
    });
    expect(doc!.requests).toEqual([
      { type: 'loglikelihood', context: 'Ann thanked Bea because Ann', continuation: ' had helped.' },
      { type: 'loglikelihood', context: 'Ann thanked Bea because Bea', continuation: ' had helped.' },
    ]);
  });

  it('MATH: the right answer is what the last box holds, with the braces in it', async () => {
    const [doc] = await askedFrom('math_algebra', SETS.math_algebra![0]);
    expect(doc!.target).toBe('\\frac{1}{2}');
  });
});

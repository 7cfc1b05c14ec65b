/** Tasks under perturbations: what is changed, what never is, and what can't be. */
import { describe, expect, it, test } from 'vitest';
import { buildRequests } from '../../src/evaluation/asking/build-requests.ts';
import { perturbTasks } from '../../src/evaluation/perturbing/perturb-tasks.ts';
import { goldOf } from '../../src/evaluation/scoring/score-doc.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { columnsRead } from '../../src/evaluation/template/columns-read.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

const LETTERS = `task: exam
dataset_path: json
dataset_kwargs: { data_files: { test: docs.jsonl } }
test_split: test
output_type: multiple_choice
doc_to_text: "{{Question.strip()}}\\nA. {{A}}\\nB. {{B}}\\nC. {{C}}\\nD. {{D}}\\nAnswer:"
doc_to_choice: ["A", "B", "C", "D"]
doc_to_target: "{{['A','B','C','D'].index(Answer)}}"
`;

const WORDS = ['red', 'green', 'blue', 'white'];
const letterDocs = Array.from({ length: 30 }, (_, i) => ({
  id: `q${i}`,
  Question: `Which Colour is number ${i} and the Government believe?`,
  A: `${WORDS[0]} ${i}`,
  B: `${WORDS[1]} ${i}`,
  C: `${WORDS[2]} ${i}`,
  D: `${WORDS[3]} ${i}`,
  Answer: 'ABCD'[i % 4]!,
}));

const generating = (more = '') => `task: says
dataset_path: json
dataset_kwargs: { data_files: { test: docs.jsonl, train: docs.jsonl } }
test_split: test
doc_to_text: "Q: {{question}}\\nA:"
doc_to_target: answer
metric_list: [{ metric: exact_match }]
${more}
`;
const questions = Array.from({ length: 20 }, (_, i) => ({
  id: `d${i}`,
  question:
    i % 2 === 0
      ? `Where does the Government live, number ${i}?`
      : `现在第${i}条美丽的河流因为什么非常重要，孩子们经常在哪里游泳？`,
  answer: `Answer Number ${i}`,
}));

async function variant(task: Task, perturbation: string, more: { docs?: number; seed?: number } = {}): Promise<Task> {
  const { tasks, notPerturbed } = await perturbTasks([task], {
    perturbations: [perturbation],
    docs: 1000,
    seed: 1,
    ...more,
  });
  expect(notPerturbed).toEqual([]);
  return tasks[1]!;
}

async function reason(task: Task, perturbation: string): Promise<string> {
  const { tasks, notPerturbed } = await perturbTasks([task], { perturbations: [perturbation], docs: 1000, seed: 1 });
  expect(tasks).toEqual([task]);
  return notPerturbed[0]!.reason;
}

const askedOf = (task: Task) => task.docs.map((doc) => buildRequests(task, doc));

test('a variant asks the same docs in the same order otherwise, and is no task of the tree', async () => {
  const task = await loadOne({ 'a.yaml': generating('capabilities: [basic.reasoning.math]'), 'docs.jsonl': questions });
  const mild = await variant(task, 'mild');
  expect(mild.summary).toMatchObject({
    name: 'says~mild',
    capabilities: [],
    size: 20,
    variant: { of: 'says', perturbation: 'mild' },
  });
  expect(mild.docs.map(({ id }) => id)).toEqual(task.docs.map(({ id }) => id));
  expect(mild.summary.variant!.changed).toBe(mild.docs.filter((doc, i) => doc !== task.docs[i]).length);
  expect(mild.summary.variant!.changed).toBeGreaterThan(15);
  for (const [i, doc] of mild.docs.entries()) {
    expect(goldOf(mild, doc)).toBe(goldOf(task, task.docs[i]!));
    // Each by the mix of its own language.
    const text = String(doc.fields.question);
    if (text.includes('live'))
      expect(text).toMatch(/^(where|wehre) +does +the +(government|goverment|govermnent) +live, +number +\d+\?$/);
    else expect(text).toMatch(/^[^a-zA-Z]+\d+[^a-zA-Z ]+$/);
  }
});

test('the same doc is changed in the same way, whoever asks, however many are asked and whatever else is in the file', async () => {
  const whole = await loadOne({ 'a.yaml': generating(), 'docs.jsonl': questions });
  const part = await loadOne({ 'a.yaml': generating(), 'docs.jsonl': questions.slice(5) });
  const [a, again, b, few] = [
    await variant(whole, 'mild_mix'),
    await variant(whole, 'mild_mix'),
    await variant(part, 'mild_mix'),
    await variant(whole, 'mild_mix', { docs: 7 }),
  ];
  const byId = new Map(a.docs.map((doc) => [doc.id, doc.fields]));
  expect(again.docs).toEqual(a.docs);
  for (const doc of b.docs) expect(doc.fields).toEqual(byId.get(doc.id));
  expect(few.docs).toEqual(a.docs.slice(0, 7));
  expect(few.summary).toMatchObject({ hash: a.summary.hash, size: 7 });
  const other = await variant(whole, 'mild_mix', { seed: 2 });
  expect(other.docs).not.toEqual(a.docs);
  expect(other.summary.hash).not.toBe(a.summary.hash);
  expect((await variant(whole, 'lower_case')).summary.hash).not.toBe(a.summary.hash);
  // `mild` is that very mix for an English doc, so its questions need not be asked again.
  const mild = await variant(whole, 'mild');
  const english = mild.docs.filter(({ fields }) => /[a-z]/.test(String(fields.question)));
  for (const doc of english) expect(doc.fields).toEqual(byId.get(doc.id));
});

test('examples, choices and what is scored stay as they are', async () => {
  const task = await loadOne({
    'a.yaml': generating('num_fewshot: 2\nfewshot_split: train\nfewshot_config: { sampler: first_n }'),
    'docs.jsonl': questions,
  });
  const lower = await variant(task, 'lower_case');
  for (const doc of lower.docs) {
    const [request] = buildRequests(lower, doc);
    const { context } = request as { context: string };
    expect(context.startsWith(`Q: ${questions[0]!.question}\nA: Answer Number 0\n\nQ: 现在`)).toBe(true);
    expect(context.endsWith(`\n\nQ: ${String(doc.fields.question)}\nA:`)).toBe(true);
  }
  const exam = await loadOne({ 'a.yaml': LETTERS, 'docs.jsonl': letterDocs });
  const perturbed = await variant(exam, 'mild');
  for (const [i, { fields }] of perturbed.docs.entries()) {
    const { Question: _question, ...rest } = fields;
    const { Question: _before, ...before } = exam.docs[i]!.fields;
    expect(rest).toEqual(before);
  }
});

describe('which columns are asked', () => {
  it('is read from the template, whatever it does with them', () => {
    const columns = ['q', 'a', 'b', 'items', 'hint', 'loop'];
    const read = (template: unknown) => columnsRead(template, columns);
    expect(read('q')).toEqual(['q']);
    expect(read('no template, only q')).toEqual([]);
    expect(read('{{ q.strip() | replace(a, "b") }}')).toEqual(['q', 'a']);
    expect(read('{% for q in items %}{{ q }}{{ loop.index }}{% endfor %}')).toEqual(['items']);
    expect(read('{% if hint is defined %}{{ hint[0]["a"] }}{% endif %}{% set b = a %}{{ b }}')).toEqual(['a', 'hint']);
    expect(read('{{ {"x": a, "y": [b, q if hint else ""]} }}')).toEqual(['q', 'a', 'b', 'hint']);
    expect(read(['{{q}}', 'a'])).toEqual([]);
  });

  it('is what the file says', async () => {
    const rows = questions.map((row) => ({ ...row, passage: 'The Passage', hints: ['One Hint', 'Two'] }));
    const yaml = (key: string) =>
      generating(key).replace('{{question}}', "{{passage}} {{question}} {{hints|join(', ')}}");
    const named = await loadOne({ 'a.yaml': yaml('perturb: [passage, hints]'), 'docs.jsonl': rows });
    const [first] = (await variant(named, 'lower_case')).docs;
    // Lower case is for English; a doc in Chinese words is told by what is perturbed of it.
    expect(first!.fields).toMatchObject({ passage: 'the passage', hints: ['one hint', 'two'] });
    expect(first!.fields.question).toBe(named.docs[0]!.fields.question);
    const metadata = await loadOne({ 'a.yaml': yaml('metadata: { perturb: question }'), 'docs.jsonl': rows });
    expect((await variant(metadata, 'lower_case')).docs.every(({ fields }) => fields.passage === 'The Passage')).toBe(
      true,
    );
    const missing = await loadOne({ 'a.yaml': yaml('perturb: [nothing]'), 'docs.jsonl': rows });
    expect(await reason(missing, 'mild')).toMatch(
      /names the column `nothing`, which its docs do not have \(they have id, question/,
    );
    const scored = await loadOne({ 'a.yaml': yaml('perturb: [answer]'), 'docs.jsonl': rows });
    expect(await reason(scored, 'mild')).toMatch(
      /`answer`, which doc_to_target reads: what is scored is never changed/,
    );
    await expect(loadOne({ 'a.yaml': yaml('perturb: { a: 1 }'), 'docs.jsonl': rows })).rejects.toMatchObject({
      code: 'LIBRA_TASK_INVALID',
      message: expect.stringContaining('`perturb` is not a list of texts'),
    });
  });

  it('is nothing where all that is asked is scored, and it is said why', async () => {
    const same = await loadOne({
      'a.yaml': generating().replace('doc_to_target: answer', 'doc_to_target: "{{question[:3]}}"'),
      'docs.jsonl': questions,
    });
    expect(await reason(same, 'mild')).toMatch(/`question` is read by doc_to_target/);
    const rolling = await loadOne({
      'a.yaml':
        'task: t\ndataset_path: json\ndataset_kwargs: {data_files: {test: t.jsonl}}\ntest_split: test\noutput_type: loglikelihood_rolling\ndoc_to_target: text\n',
      't.jsonl': [{ text: 'a' }],
    });
    expect(await reason(rolling, 'mild')).toMatch(/first metric, word_perplexity, is no mean of right and wrong/);
    const chinese = await loadOne({ 'a.yaml': generating(), 'docs.jsonl': questions.filter((_, i) => i % 2 === 1) });
    expect(await reason(chinese, 'mild_mix')).toBe('it changes nothing in the first 10 docs');
    const inputs = await loadOne({
      'a.yaml': choiceTask().replace('"{{q}}"', 'label').replace('doc_to_target: label', 'doc_to_target: q'),
      'docs.jsonl': choiceDocs(4),
    });
    expect(await reason(inputs, 'mild')).toMatch(/its choices are the question/);
  });
});

describe('option_order', () => {
  /** The right option's text, as the question shows it. */
  const rightText = (task: Task, at: number): string => {
    const { fields } = task.docs[at]!;
    return String(fields['ABCD'[goldOf(task, task.docs[at]!) as number]!]);
  };

  it('moves the right answer along with its option', async () => {
    const task = await loadOne({ 'a.yaml': LETTERS, 'docs.jsonl': letterDocs });
    const reordered = await variant(task, 'option_order');
    expect(reordered.summary.variant!.changed).toBe(30);
    expect(askedOf(reordered)).not.toEqual(askedOf(task));
    const moved = reordered.docs.map((doc, i) => {
      expect(rightText(reordered, i)).toBe(rightText(task, i));
      expect(doc.fields.Question).toBe(task.docs[i]!.fields.Question);
      const sorted = (fields: typeof doc.fields) => ['A', 'B', 'C', 'D'].map((name) => fields[name]).sort();
      expect(sorted(doc.fields)).toEqual(sorted(task.docs[i]!.fields));
      expect(buildRequests(reordered, doc).map((request) => 'continuation' in request && request.continuation)).toEqual(
        [' A', ' B', ' C', ' D'],
      );
      return doc.fields.Answer !== task.docs[i]!.fields.Answer;
    });
    expect(moved.filter(Boolean).length).toBeGreaterThan(15);
  });

  const rows = (answerOf: (i: number) => unknown) =>
    Array.from({ length: 12 }, (_, i) => ({
      id: `d${i}`,
      q: `Question ${i}?`,
      options: [`x${i}`, `y${i}`, `z${i}`],
      answer: answerOf(i),
    }));
  const shown = '"{{q}}\\n{% for o in options %}({{\'abc\'[loop.index0]}}) {{o}}\\n{% endfor %}"';
  const listTask = (choice: string, target: string, kind = 'multiple_choice') => `task: list
dataset_path: json
dataset_kwargs: { data_files: { test: docs.jsonl } }
test_split: test
output_type: ${kind}
doc_to_text: ${shown}
${choice === '' ? '' : `doc_to_choice: ${choice}`}
doc_to_target: ${target}
`;

  it.each([
    ['letters, answer by number', '["A", "B", "C"]', 'answer', (i: number) => i % 3],
    ['letters, answer by number from 1', '["A", "B", "C"]', '"{{answer - 1}}"', (i: number) => (i % 3) + 1],
    ['as many letters as options', "\"{{['A','B','C','D'][:options|length]}}\"", 'answer', (i: number) => i % 3],
    ['the options themselves', 'options', 'answer', (i: number) => i % 3],
    ['the options themselves, answer in words', 'options', 'answer', (i: number) => ['x', 'y', 'z'][i % 3]! + i],
    ['generated letter', '', 'answer', (i: number) => `(${'abc'[i % 3]})`, 'generate_until'],
  ] as const)('fits a list column: %s', async (_name, choice, target, answerOf, kind?) => {
    const task = await loadOne({ 'a.yaml': listTask(choice, target, kind), 'docs.jsonl': rows(answerOf) });
    const reordered = await variant(task, 'option_order');
    expect(reordered.summary.variant!.changed).toBe(12);
    const right = (one: Task, at: number): unknown => {
      const doc = one.docs[at]!;
      const gold = goldOf(one, doc);
      const options = doc.fields.options as string[];
      if (typeof gold === 'number') return options[gold];
      return options.includes(String(gold)) ? gold : options['abc'.indexOf(String(gold)[1]!)];
    };
    for (let i = 0; i < 12; i++) {
      expect(right(reordered, i)).toBe(right(task, i));
      expect(reordered.docs[i]!.fields.options).not.toEqual(task.docs[i]!.fields.options);
    }
  });

  it('leaves docs alone whose options speak of each other', async () => {
    const docs = letterDocs.map((doc, i) => ({
      ...doc,
      ...(i % 3 === 0 && { D: i % 2 === 0 ? 'All of the above' : '以上都对' }),
    }));
    const task = await loadOne({ 'a.yaml': LETTERS, 'docs.jsonl': docs });
    expect((await variant(task, 'option_order')).summary.variant!.changed).toBe(20);
  });

  it('is not offered where it is not certain, with the reason', async () => {
    const cloze = await loadOne({ 'a.yaml': choiceTask(), 'docs.jsonl': choiceDocs(6) });
    expect(await reason(cloze, 'option_order')).toMatch(/shows no list column and no columns such as A to D/);
    const pairs = questions.map((row) => ({ ...row, sentence1: 'One', sentence2: 'Two' }));
    const pair = await loadOne({
      'a.yaml': generating().replace('{{question}}', '{{sentence1}} {{sentence2}}'),
      'docs.jsonl': pairs,
    });
    expect(await reason(pair, 'option_order')).toMatch(/can't be said for certain/);
    const free = await loadOne({
      'a.yaml': listTask('', 'answer', 'generate_until'),
      'docs.jsonl': rows((i) => `because ${i}`),
    });
    expect(await reason(free, 'option_order')).toMatch(/which option is right .*names none of the options/);
    // The letters are shown, but the target follows something else than the options.
    const fixed = await loadOne({
      'a.yaml': listTask('["A", "B", "C"]', '"{{2 if q else answer}}"'),
      'docs.jsonl': rows((i) => i % 3),
    });
    expect(await reason(fixed, 'option_order')).toMatch(/its answer does not follow the options/);
    const two = await loadOne({ 'a.yaml': `${LETTERS}options: [A, B, C, E]\n`, 'docs.jsonl': letterDocs });
    expect(await reason(two, 'option_order')).toMatch(/`options` names the column `E`/);
  });

  it('takes the columns that the file names', async () => {
    const docs = letterDocs.map(({ A, B, C, D, ...rest }) => ({ ...rest, first: A, second: B, third: C, fourth: D }));
    const yaml = LETTERS.replace('{{A}}', '{{first}}')
      .replace('{{B}}', '{{second}}')
      .replace('{{C}}', '{{third}}')
      .replace('{{D}}', '{{fourth}}');
    const unknown = await loadOne({ 'a.yaml': yaml, 'docs.jsonl': docs });
    expect(await reason(unknown, 'option_order')).toMatch(/name them with `options`/);
    const named = await loadOne({ 'a.yaml': `${yaml}options: [first, second, third, fourth]\n`, 'docs.jsonl': docs });
    expect((await variant(named, 'option_order')).summary.variant!.changed).toBe(30);
  });
});

test('paraphrases are the file’s own templates, one for each doc', async () => {
  const paraphrases = ['"Tell me: {{question}}\\nAnswer:"', '"{{question}} Say it."'];
  const task = await loadOne({
    'a.yaml': generating(`paraphrases: [${paraphrases.join(', ')}]`),
    'docs.jsonl': questions,
  });
  const other = await variant(task, 'paraphrase');
  const asked = askedOf(other).map(([request]) => (request as { context: string }).context);
  asked.forEach((context, i) => {
    const question = String(task.docs[i]!.fields.question);
    expect([`Tell me: ${question}\nAnswer:`, `${question} Say it.`]).toContain(context);
  });
  expect(asked.filter((context) => context.startsWith('Tell')).length).toBeGreaterThan(3);
  expect(asked.filter((context) => context.endsWith('it.')).length).toBeGreaterThan(3);
  const none = await loadOne({ 'a.yaml': generating(), 'docs.jsonl': questions });
  expect(await reason(none, 'paraphrase')).toMatch(/gives no `paraphrases`/);
  const wrong = await loadOne({ 'a.yaml': generating('paraphrases: ["{{nothing}}"]'), 'docs.jsonl': questions });
  expect(await reason(wrong, 'paraphrase')).toMatch(/`paraphrases`, entry 1, does not fit its docs/);
});

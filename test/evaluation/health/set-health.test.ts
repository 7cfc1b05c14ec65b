/** What docs alone say against a benchmark. */
import { describe, expect, it } from 'vitest';
import type { listTasks } from '../../../src/cli/tasks/list-tasks.ts';
import { showHealth } from '../../../src/cli/tasks/show-health.ts';
import { findingsOf, keptHealth, soundnessOf } from '../../../src/domain/set-health.ts';
import { setHealth } from '../../../src/evaluation/health/set-health.ts';
import { loadOne, taskFiles } from '../../fakes/task-files.ts';

const CHOICE = `task: quiz
dataset_path: json
dataset_kwargs: {data_files: {test: docs.jsonl}}
test_split: test
output_type: multiple_choice
doc_to_text: "{{question}}"
doc_to_choice: "{{choices}}"
doc_to_target: "{{answer}}"
metric_list: [{metric: acc}]
metadata: {version: 1}
`;
const cities = ['Paris', 'Lima', 'Oslo', 'Cairo', 'Quito', 'Rome', 'Bern', 'Riga'];
const question = (i: number) =>
  `Traveller ${i} left ${cities[i % 8]} for ${cities[(3 * i + 1) % 8]} with ${i + 2} bags and ${7 * i} coins; which town is called at last on the way?`;
const doc = (i: number, answer: number) => ({
  question: question(i),
  choices: [0, 1, 2, 3].map((j) => `${cities[(i + 2 * j) % 8]} ${i * 4 + j}`),
  answer,
});
const health = async (docs: readonly object[], yaml = CHOICE) =>
  setHealth(await loadOne({ 'a.yaml': yaml, 'docs.jsonl': docs }));

describe('the health of a set', () => {
  it('is sound where answers are spread and docs differ', async () => {
    const sound = await health(Array.from({ length: 120 }, (_, i) => doc(i, i % 4)));
    expect(sound).toMatchObject({ docs: 120, chance: 0.25, commonestPlace: 0.25, choices: 4, copies: [] });
    expect(findingsOf(keptHealth(sound))).toEqual([]);
    expect(soundnessOf(keptHealth(sound))).toBe(1);
  });

  it('tells right answers that stand at one place, copies, and few docs', async () => {
    const skewed = await health(Array.from({ length: 120 }, (_, i) => doc(i, i % 3 === 0 ? 1 : 2)));
    expect(skewed.commonestPlace).toBeCloseTo(2 / 3, 9);
    expect(findingsOf(keptHealth(skewed))).toEqual(['skewed answers']);
    expect(soundnessOf(keptHealth(skewed))).toBe(0.5);

    const copied = await health(Array.from({ length: 120 }, (_, i) => doc(i < 100 ? i : i - 100, (i % 100) % 4)));
    expect(copied.copies).toHaveLength(20);
    expect(findingsOf(keptHealth(copied))).toEqual(['near copies']);
    expect(soundnessOf(keptHealth(copied))).toBeCloseTo(1 - 20 / 120, 9);

    expect(findingsOf(keptHealth(await health([doc(1, 0), doc(2, 1)])))).toEqual(['few docs']);
  });

  it('takes questions with other numbers, another answer, or of one passage for no copies', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => ({
      ...doc(0, 0),
      question: question(0).replace('0 coins', `${i} coins`),
    }));
    expect((await health(numbers)).copies).toEqual([]);
    const answers = [doc(0, 0), doc(0, 1)];
    expect((await health(answers)).copies).toEqual([]);
    const passages = Array.from({ length: 40 }, (_, i) => ({
      ...doc(Math.floor(i / 2), 0),
      passage: `Passage ${Math.floor(i / 2)}. ${question(Math.floor(i / 2)).repeat(3)}`,
      question: i % 2 === 0 ? 'Is that so?' : 'Is that not so?',
    }));
    const asked = CHOICE.replace('"{{question}}"', '"{{passage}} {{question}}"');
    expect((await health(passages, asked)).copies).toEqual([]);
  });
});

it('libra tasks health shows it, with the copies', async () => {
  const docs = Array.from({ length: 120 }, (_, i) => doc(i < 100 ? i : i - 100, (i % 100) % 4));
  const includePath = [await taskFiles({ 'a.yaml': CHOICE, 'docs.jsonl': docs })];
  const printed = async (show: (output: Parameters<typeof listTasks>[1]) => Promise<void>) => {
    let text = '';
    await show({ isTTY: false, write: (part: string) => (text += part) } as never);
    return text;
  };
  const text = await printed((output) => showHealth([], { includePath }, output));
  expect(text).toMatch(/quiz\s+120\s+25\.0 %\s+\S+ %\s+20\s+near copies/);
  expect(text).toContain('and 17 more');
  const json = JSON.parse(await printed((output) => showHealth(['quiz'], { includePath, json: true }, output)));
  expect(json.tasks[0]).toMatchObject({ task: 'quiz', findings: ['near copies'] });
  expect(json.tasks[0].copies[0]).toHaveLength(2);
  await expect(showHealth(['quizz'], { includePath }, { write: () => true } as never)).rejects.toMatchObject({
    code: 'LIBRA_TASK_UNKNOWN',
  });
});

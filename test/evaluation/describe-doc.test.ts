import { expect, test } from 'vitest';
import { answerText, expectedText, questionText } from '../../src/evaluation/asking/describe-doc.ts';
import { choiceDocs, choiceTask, loadOne } from '../fakes/task-files.ts';

test('a choice doc: question without its examples, the right choice, the choice taken', async () => {
  const task = await loadOne({
    'a.yaml': choiceTask('num_fewshot: 2\ndescription: "Look. "'),
    'docs.jsonl': choiceDocs(5),
  });
  const doc = task.docs[0]!;
  expect(questionText(task, doc)).toBe(doc.fields.q);
  expect(expectedText(task, doc)).toBe(doc.fields.label === 0 ? 'red' : 'green');
  expect(answerText(task, doc, { kind: 'choice', logprobs: [-3, -2], isGreedy: [false, false] })).toBe('green');
  expect(answerText(task, doc, null)).toBe('(no answer)');
});

test('a generated answer after its filter, or whole when nothing was found in it', async () => {
  const task = await loadOne({
    'g.yaml':
      'task: g\ndataset_path: json\ndataset_kwargs: {data_files: {test: d.jsonl}}\ntest_split: test\ndoc_to_text: q\ndoc_to_target: answers\nfilter_list: [{name: number, filter: [{function: regex, regex_pattern: "([0-9]+)"}, {function: take_first}]}]\n',
    'd.jsonl': [{ q: 'How many?', answers: ['7', 'seven'] }],
  });
  const doc = task.docs[0]!;
  expect(expectedText(task, doc)).toBe('7 / seven');
  expect(answerText(task, doc, { kind: 'text', text: 'It is 8.', tokens: 3 })).toBe('8');
  expect(answerText(task, doc, { kind: 'text', text: 'none', tokens: 3 })).toBe('none (no answer found in it)');
  expect(answerText(task, doc, { kind: 'text', text: '', tokens: 0 })).not.toBe('');
});

/** A set of the size and shape of MMLU, as a task folder: 57 subjects, 14,042 docs with four choices, five examples before each. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export const EXAM_SUBJECTS = 57;
export const EXAM_DOCS = 14_042;

const WORDS =
  'the of a which following is in to most likely statement about true function system between process given law state because value not change increase energy theory result'.split(
    ' ',
  );

/** Writes the files; they are the same whenever and wherever they are written. */
export async function writeExamSet(place: string): Promise<void> {
  let seed = 1;
  const next = (n: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * n);
  };
  const words = (n: number) => Array.from({ length: n }, () => WORDS[next(WORDS.length)]).join(' ');
  const row = () => ({
    question: `${words(15 + next(40))}?`,
    choices: [0, 1, 2, 3].map(() => words(3 + next(12))),
    answer: next(4),
  });
  const lines = (n: number) => Array.from({ length: n }, () => `${JSON.stringify(row())}\n`).join('');
  await mkdir(place, { recursive: true });
  for (let subject = 0; subject < EXAM_SUBJECTS; subject++) {
    const docs =
      Math.floor(((subject + 1) * EXAM_DOCS) / EXAM_SUBJECTS) - Math.floor((subject * EXAM_DOCS) / EXAM_SUBJECTS);
    await writeFile(join(place, `test_${subject}.jsonl`), lines(docs));
    await writeFile(join(place, `dev_${subject}.jsonl`), lines(5));
    await writeFile(join(place, `exam_${subject}.yaml`), taskOf(subject, place));
  }
}

const taskOf = (subject: number, place: string) => `task: exam_${subject}
tag: exam
dataset_path: json
dataset_kwargs:
  data_files:
    test: ${join(place, `test_${subject}.jsonl`)}
    dev: ${join(place, `dev_${subject}.jsonl`)}
test_split: test
fewshot_split: dev
num_fewshot: 5
fewshot_config:
  sampler: first_n
output_type: multiple_choice
description: "The following are multiple choice questions (with answers) about subject ${subject}.\\n\\n"
doc_to_text: "{{question.strip()}}\\nA. {{choices[0]}}\\nB. {{choices[1]}}\\nC. {{choices[2]}}\\nD. {{choices[3]}}\\nAnswer:"
doc_to_choice: ["A", "B", "C", "D"]
doc_to_target: answer
metric_list:
  - metric: acc
    aggregation: mean
    higher_is_better: true
metadata:
  version: 1
`;

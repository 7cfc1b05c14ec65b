/** Task files for the bench, written by a seed: plain English questions with four choices, and prompts to continue. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../src/embedded/decoding/sampling.ts';

const NAMES = ['Anna', 'Boris', 'Clara', 'David', 'Elena', 'Farid', 'Grace', 'Henry', 'Irene', 'Jamal'];
const THINGS = [
  'lantern',
  'bicycle',
  'violin',
  'kettle',
  'compass',
  'blanket',
  'hammer',
  'telescope',
  'basket',
  'umbrella',
];
const PLACES = [
  'market',
  'harbour',
  'library',
  'station',
  'garden',
  'workshop',
  'museum',
  'bakery',
  'school',
  'castle',
];

type Pick = (list: readonly string[]) => string;

function sentence(pick: Pick): string {
  return `${pick(NAMES)} took the ${pick(THINGS)} from the ${pick(PLACES)} and gave it to ${pick(NAMES)}, who was waiting near the ${pick(PLACES)} since the early morning.`;
}

/**
 * choice_5 and choice_0: four choices of several words, with five fixed examples before each doc and with none;
 * continue: greedy generations behind prompts of about 100 to 400 tokens.
 */
export function writeBenchTasks(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const random = seededRandom(7);
  const pick: Pick = (list) => list[Math.floor(random() * list.length)] as string;
  const story = (sentences: number) => Array.from({ length: sentences }, () => sentence(pick)).join(' ');
  const doc = (id: number) => ({
    id,
    question: `${story(3)} Where does the ${pick(THINGS)} belong in the end?`,
    choices: Array.from(
      { length: 4 },
      () => `It belongs to ${pick(NAMES)}, in the ${pick(PLACES)} behind the ${pick(PLACES)}.`,
    ),
    answer: Math.floor(random() * 4),
  });
  const lines = (name: string, docs: readonly object[]) =>
    writeFileSync(join(directory, name), docs.map((each) => `${JSON.stringify(each)}\n`).join(''));
  lines(
    'docs.jsonl',
    Array.from({ length: 300 }, (_, id) => doc(id)),
  );
  lines(
    'shots.jsonl',
    Array.from({ length: 5 }, (_, id) => doc(1000 + id)),
  );
  lines(
    'prompts.jsonl',
    Array.from({ length: 200 }, (_, id) => ({ id, text: story(4 + Math.floor(random() * 11)), answer: 'none' })),
  );
  for (const [task, shots] of [
    ['choice_5', 5],
    ['choice_0', 0],
  ] as const) {
    const yaml = {
      task,
      dataset_path: 'json',
      dataset_kwargs: { data_files: { test: join(directory, 'docs.jsonl'), dev: join(directory, 'shots.jsonl') } },
      test_split: 'test',
      fewshot_split: 'dev',
      fewshot_config: { sampler: 'first_n' },
      num_fewshot: shots,
      output_type: 'multiple_choice',
      doc_to_text: 'Question: {{question}}\nAnswer:',
      doc_to_choice: 'choices',
      doc_to_target: 'answer',
      metric_list: [
        { metric: 'acc', aggregation: 'mean', higher_is_better: true },
        { metric: 'acc_norm', aggregation: 'mean', higher_is_better: true },
      ],
      metadata: { version: 1 },
    };
    // JSON is YAML.
    writeFileSync(join(directory, `${task}.yaml`), JSON.stringify(yaml, null, 1));
  }
  const generation = {
    task: 'continue',
    dataset_path: 'json',
    dataset_kwargs: { data_files: { test: join(directory, 'prompts.jsonl') } },
    test_split: 'test',
    output_type: 'generate_until',
    doc_to_text: '{{text}}',
    doc_to_target: 'answer',
    generation_kwargs: { until: ['<never>'], do_sample: false, max_gen_toks: 64 },
    metric_list: [{ metric: 'exact_match', aggregation: 'mean', higher_is_better: true }],
    metadata: { version: 1 },
  };
  writeFileSync(join(directory, 'continue.yaml'), JSON.stringify(generation, null, 1));
}

/** Robustness through the built program: asked of a real checkpoint, worked out again from the samples, and taken up after a kill. */
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readTrend } from '../../src/daemon/read-trend.ts';
import { runLibra } from './libra-process.ts';
import { makePlace, ROOT, read, recordedRun, watch } from './watched-replay.ts';

const MINUTES = 60_000;
const CHECKPOINT = join(recordedRun('healthy'), 'checkpoint-1440');

interface Score {
  readonly task: string;
  readonly metric: string;
  readonly value: number;
  readonly stderr: number;
  readonly n: number;
}

/** Shapes that people, not a tiny model, answer: it only has to be asked. */
const EXAM = `task: exam
dataset_path: json
dataset_kwargs: { data_files: { test: exam.jsonl } }
test_split: test
output_type: multiple_choice
doc_to_text: "Q: {{question}}\\nA. {{A}}\\nB. {{B}}\\nA:"
doc_to_choice: ["A", "B"]
doc_to_target: answer
`;

it(
  'evaluates under perturbations, and the numbers follow from the samples',
  async () => {
    await using place = await makePlace(20);
    const tasks = join(place.output, 'tasks');
    await mkdir(tasks);
    for (const name of ['home_en', 'antonym_zh']) {
      for (const end of ['yaml', 'jsonl'])
        await cp(join(ROOT, `fixtures/tasks/${name}.${end}`), join(tasks, `${name}.${end}`));
    }
    await writeFile(join(tasks, 'exam.yaml'), EXAM);
    const exam = Array.from({ length: 12 }, (_, i) => ({
      id: `e${i}`,
      question: `Which is larger?`,
      A: `${i + 1}`,
      B: `${20 - i}`,
      answer: i < 10 ? 'B' : 'A',
    }));
    await writeFile(join(tasks, 'exam.jsonl'), exam.map((row) => JSON.stringify(row)).join('\n'));
    const output = join(place.output, 'results');
    const run = (...more: string[]) =>
      runLibra(['evaluate', CHECKPOINT, '--include-path', tasks, '--limit', '30', ...more]);

    const result = await run('--perturb', 'mild,option_order', '--perturb-docs', '20', '--output', output, '--json');
    expect(result.stderr).toMatch(/note: home_en is not asked under option_order: where its options are can't be said/);
    expect(result.code).toBe(0);
    const { scores, robustness, tasks: summaries, capabilities } = JSON.parse(result.stdout);
    const score = (task: string, metric: string): Score =>
      scores.find((one: Score) => one.task === task && one.metric === metric);
    const samplesOf = async (task: string) => {
      const lines = (await readFile(join(output, `samples_${task}.jsonl`), 'utf8')).trim().split('\n');
      const metric = task.startsWith('exam') ? 'acc' : 'exact_match';
      return new Map(lines.map((line) => JSON.parse(line)).map((one) => [one.doc_id as number, one[metric] as number]));
    };
    for (const [task, perturbation] of [
      ['home_en', 'mild'],
      ['antonym_zh', 'mild'],
      ['exam', 'option_order'],
    ] as const) {
      const before = await samplesOf(task);
      const after = [...(await samplesOf(`${task}~${perturbation}`))];
      const n = task === 'exam' ? 12 : 20;
      expect(after).toHaveLength(n);
      const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
      const drops = after.map(([doc, value]) => before.get(doc)! - value);
      const spread = drops.reduce((sum, drop) => sum + (drop - mean(drops)) ** 2, 0) / (n - 1);
      expect(score(task, `robustness.drop,${perturbation}`)).toMatchObject({
        n,
        value: expect.closeTo(mean(drops), 9),
      });
      expect(score(task, `robustness.drop,${perturbation}`).stderr).toBeCloseTo(Math.sqrt(spread / n), 9);
      expect(score(task, `robustness.mean,${perturbation}`).value).toBeCloseTo(
        mean(after.map(([, value]) => value)),
        9,
      );
      const worst = after.map(([doc, value]) => Math.min(before.get(doc)!, value));
      expect(score(task, `robustness.worst_case,${perturbation}`).value).toBeCloseTo(mean(worst), 9);
    }
    // A model that learned its questions by heart does not know them in lower case.
    expect(score('home_en', 'robustness.drop,mild').value).toBeGreaterThan(0.3);
    expect(robustness.means).toContainEqual(
      expect.objectContaining({ perturbation: 'mild', metric: 'drop', tasks: 3, n: 52 }),
    );
    expect(robustness.not_perturbed).toContainEqual(
      expect.objectContaining({ task: 'antonym_zh', perturbation: 'option_order' }),
    );
    expect(summaries.map(({ name }: { name: string }) => name)).toContain('home_en~mild');
    expect(
      capabilities.flatMap(({ members }: { members: { name: string }[] }) => members.map(({ name }) => name)).join(),
    ).not.toContain('~');

    const table = await run('--perturb', 'mild', '--perturb-docs', '5', '--tasks', 'home_en,antonym_zh');
    expect(table.stdout).toMatch(/robustness +perturbation +mean +worst case +drop/);
    expect(table.stdout).toMatch(/home_en +mild +0\.\d{4} ± 0\.\d{4} .* 5$/m);
    expect(table.stdout).toMatch(/mean of 2 tasks +mild /);

    const unknown = await run('--perturb', 'mildd');
    expect(unknown.stderr).toMatch(/There is no perturbation 'mildd'/);
    expect(unknown.stderr).toMatch(/Did you mean 'mild'\?/);
    expect(unknown.code).toBe(2);
  },
  6 * MINUTES,
);

it(
  'is planned, killed in the middle and taken up by the daemon like any slice',
  async () => {
    await using place = await makePlace(25);
    await writeFile(
      place.config,
      `${await readFile(place.config, 'utf8')}robustness: {perturbations: [mild], docs: 15}\n`,
    );
    await mkdir(join(place.output, 'small'));
    await cp(CHECKPOINT, join(place.output, 'small', 'checkpoint-1440'), { recursive: true });
    const args = ['--tasks', 'antonym_zh,home_en,stories_en'];
    const first = watch(place, args);
    await first.until(
      (event) => event.event === 'evaluation.progress' && JSON.stringify(event).includes('antonym_zh~mild'),
      'answers under a perturbation',
    );
    await first.kill('SIGKILL');
    expect(await watch(place, [...args, '--until-idle', '1']).ended).toMatchObject({ code: 0 });

    const { plan, scores, outcomes, capabilities, verdicts, samples, trend } = read(place, (store) => ({
      plan: store.plans.ofCheckpoint('small-1440')[0]!,
      scores: store.scores.ofCheckpoint('small-1440'),
      outcomes: store.scores.outcomesOf('small-1440'),
      capabilities: store.scores.capabilitiesOf('small-1440'),
      verdicts: store.verdicts.ofCheckpoint('small-1440'),
      samples: store.answers.ofCheckpoint('small-1440', 'home_en~mild'),
      trend: readTrend(store, 'small', { task: 'home_en', metric: 'robustness.drop' }),
    }));
    expect(plan.slices.map(({ task, docs }) => [task, docs])).toEqual([
      ['stories_en', 25],
      ['antonym_zh', 25],
      ['home_en', 25],
      ['antonym_zh~mild', 15],
      ['home_en~mild', 15],
    ]);
    expect(plan.slices[3]).toMatchObject({
      capabilities: [],
      reason: expect.stringMatching(/^The first 15 docs of antonym_zh under mild, which changes \d+:/),
    });
    expect(samples.map(({ index }) => index)).toEqual(Array.from({ length: 15 }, (_, i) => i));
    const drop = scores.find(({ task, metric }) => task === 'home_en' && metric === 'robustness.drop')!;
    expect(drop).toMatchObject({ n: 15, failed: 0, higherIsBetter: false });
    expect(scores.filter(({ task }) => task.includes('~'))).toEqual([]);
    const worst = outcomes.find(({ task, metric }) => task === 'home_en' && metric === 'robustness.worst_case')!;
    expect(worst.values).toHaveLength(15);
    expect(JSON.stringify([capabilities, verdicts])).not.toContain('~');
    expect(trend.series).toHaveLength(1);
    expect(trend.series[0]).toMatchObject({
      unit: 'proportion',
      higher_is_better: false,
      points: [{ value: drop.value, n: 15 }],
    });
  },
  6 * MINUTES,
);

/** One evaluation over a real server process: asked, scored, shown and written in the harness's schema. */

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeEvaluation } from '../../src/cli/evaluate/describe-evaluation.ts';
import { renderScores } from '../../src/cli/evaluate/render-scores.ts';
import { plainPalette } from '../../src/cli/terminal/color.ts';
import { evaluateOnce } from '../../src/daemon/evaluate-once.ts';
import type { Score } from '../../src/domain/score.ts';
import { systemClock } from '../../src/system/clock.ts';
import { createLog, silentLog } from '../../src/system/log.ts';
import { makeBareCheckpoint } from '../fakes/bare-checkpoint.ts';
import type { Faults } from '../fakes/fake-engine.ts';
import { startFakeEngine } from '../fakes/start-fake-engine.ts';
import { choiceDocs, choiceTask, taskFiles } from '../fakes/task-files.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';
import { encode, toySum } from '../fakes/toy-model.ts';

const GENERATE = `task: letters
dataset_path: json
dataset_kwargs: {data_files: {test: letters.jsonl}}
test_split: test
doc_to_text: q
doc_to_target: a
generation_kwargs: {until: ["e"], max_gen_toks: 8}
filter_list: [{name: strip, filter: [{function: remove_whitespace}, {function: take_first}]}]
`;

/** For tests that start one server after another. */
const SEVERAL_SERVERS = 120_000;

async function evaluate(more: Partial<Parameters<typeof evaluateOnce>[0]> = {}, faults: Faults = {}) {
  const place = await makeBareCheckpoint();
  await using server = await startFakeEngine({ root: place.checkpoint.path, faults });
  const tasks = await taskFiles({
    'colours.yaml': choiceTask('capabilities: [basic.reasoning.math]'),
    'docs.jsonl': choiceDocs(10),
    'letters.yaml': GENERATE,
    'letters.jsonl': [
      { q: 'ab', a: 'cd' },
      { q: 'xb', a: 'zz' },
    ],
    'broken.yaml': 'task: broken\nprocess_docs: !function utils.clean\n',
  });
  try {
    const output = join(place.directory, 'out');
    const evaluated = await evaluateOnce({
      checkpoint: place.checkpoint.path,
      includePaths: [tasks],
      output,
      engine: { name: server.base },
      workDirectory: place.workDirectory,
      libraVersion: '0.0.0',
      log: silentLog,
      clock: systemClock,
      ...more,
    });
    const names = readdirSync(output).sort();
    const written = new Map(names.map((name) => [name, readFileSync(join(output, name), 'utf8')]));
    return {
      ...evaluated,
      names,
      results: JSON.parse(written.get('results.json')!),
      samples: (task: string) => linesOf(written.get(`samples_${task}.jsonl`)!),
    };
  } finally {
    await place[Symbol.asyncDispose]();
  }
}

function linesOf(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

test('tasks are asked and scored, results written in the harness’s schema, a bad task is told', async () => {
  const progress: string[] = [];
  const evaluated = await evaluate({
    limit: 6,
    onProgress: (task, done, of) => progress.push(`${task} ${done}/${of}`),
  });
  expect(evaluated.problems.map(({ task, error }) => [task, error.code])).toEqual([['broken', 'LIBRA_TASK_INVALID']]);
  expect(progress).toEqual(['colours 0/6', 'colours 6/6', 'letters 0/2', 'letters 2/2']);
  expect(evaluated.names).toEqual(['results.json', 'samples_colours.jsonl', 'samples_letters.jsonl']);

  const { results } = evaluated;
  const [acc] = evaluated.measured.scores;
  expect(results.results.colours).toMatchObject({
    alias: 'colours',
    sample_len: 6,
    'acc,none': acc!.value,
    'acc_stderr,none': acc!.stderr,
  });
  // "abcd" runs on to the stop text; "xbcd" is not "zz".
  expect(results.results.letters).toMatchObject({ 'exact_match,strip': 0.5 });
  expect(results['n-samples']).toEqual({
    colours: { original: 10, effective: 6 },
    letters: { original: 2, effective: 2 },
  });
  expect(results.higher_is_better.colours).toEqual({ acc: true, acc_norm: true });
  expect(results.versions).toEqual({ colours: 'Yaml', letters: 'Yaml' });
  expect(results.task_hashes.colours).toMatch(/^[0-9a-f]{64}$/);

  const colours = evaluated.samples('colours');
  expect(colours.map(({ doc_id }) => doc_id)).toEqual(
    [...colours.map(({ doc_id }) => Number(doc_id))].sort((a, b) => a - b),
  );
  const sample = colours[0]! as {
    doc: { q: string };
    arguments: unknown;
    resps: string[][][];
    filter: string;
    metrics: string[];
  };
  expect(sample.arguments).toEqual({
    gen_args_0: { arg_0: sample.doc.q, arg_1: ' red' },
    gen_args_1: { arg_0: sample.doc.q, arg_1: ' green' },
  });
  expect(Number(sample.resps[0]![0]![0])).toBeCloseTo(toySum(encode(`${sample.doc.q} red`), 4), 6);
  expect(sample).toMatchObject({ filter: 'none', metrics: ['acc', 'acc_norm'] });
  expect(evaluated.samples('letters')[0]).toMatchObject({ filtered_resps: ['cd'], filter: 'strip', exact_match: 1 });
});

/** What the task files name; the rest takes another time on every run. */
const ownScores = ({ measured }: { readonly measured: { readonly scores: readonly Score[] } }) =>
  measured.scores.filter(({ isAttached }) => !isAttached);

test('the other families stand behind, compact; all of them if asked', async () => {
  const evaluated = await evaluate();
  const look = { palette: plainPalette, width: undefined, isExplained: false };
  const text = renderScores(evaluated, look);
  expect(text.indexOf('task ')).toBeLessThan(text.indexOf('uncertainty'));
  expect(text).toMatch(/uncertainty\s+ece_10_bin ↓.*\ncolours\s+-/);
  expect(text).toMatch(/-: under 300 docs \(ece_10_bin, /);
  expect(text).toMatch(/probes\s+gold bits\/byte ↓.*\ncolours\s+[\d.]+/);
  expect(text).toMatch(/efficiency\s+tokens\/s.*\ncolours\s+[\d.]+/);
  expect(text).toMatch(/-: the server runs by itself and does not tell its memory \(peak_memory\)/);
  expect(text).not.toContain('latency_p90');
  const whole = renderScores(evaluated, { ...look, isWhole: true });
  expect(whole).toMatch(/colours\s+efficiency\s+latency_p90 ↓\s+[\d.]+\s+±.*\s10\s+seconds/);
  expect(whole).toMatch(/colours\s+uncertainty\s+nll ↓\s+-\s+± -\s+10\s+under 300 docs/);
  const object = JSON.parse(JSON.stringify(describeEvaluation(evaluated)));
  expect(object.scores).toContainEqual(
    expect.objectContaining({ task: 'colours', metric: 'ece_10_bin', value: null, reason: 'under 300 docs' }),
  );
  expect(object.scores).toContainEqual(
    expect.objectContaining({ task: 'letters', metric: 'output_tokens', family: 'efficiency', unit: 'tokens' }),
  );
});

test('what is shown: scores with errors, the tree, and how each mean is made', async () => {
  const evaluated = await evaluate();
  const text = renderScores(evaluated, { palette: plainPalette, width: undefined, isExplained: true });
  expect(text).toMatch(/colours\s+acc ↑\s+[01]\.\d{4}\s+± 0\.\d{4}\s+10/);
  expect(text).toMatch(/basic\.reasoning\.math\s+Mathematical reasoning/);
  expect(text).toMatch(/\* [\d.]+ = \(colours acc [\d.]+ \(n 10\) \+ letters exact_match [\d.]+ \(n 2\)\) \/ 2/);
  expect(text).toMatch(/the first 10 of 10 docs/);
  const object = describeEvaluation(evaluated);
  expect(JSON.parse(JSON.stringify(object))).toMatchObject({
    engine: { isVerified: true },
    scores: expect.arrayContaining([
      expect.objectContaining({ task: 'letters', metric: 'exact_match', value: 0.5, n: 2 }),
    ]),
    problems: [{ task: 'broken', code: 'LIBRA_TASK_INVALID' }],
  });
});

test('only what is asked for; nothing to ask is a sentence', async () => {
  const evaluated = await evaluate({ only: ['letters'] });
  expect(evaluated.tasks.map(({ summary }) => summary.name)).toEqual(['letters']);
  expect(evaluated.problems).toEqual([]);
  await expect(evaluate({ only: ['broken'] })).rejects.toMatchObject({ code: 'LIBRA_TASK_INVALID' });
  await expect(evaluate({ only: ['colors'] })).rejects.toMatchObject({ code: 'LIBRA_TASK_UNKNOWN' });
});

test('a directory that is no checkpoint is told', async () => {
  await expect(evaluate({ checkpoint: '/nowhere/checkpoint-1' })).rejects.toMatchObject({
    code: 'LIBRA_CHECKPOINT_INVALID',
  });
});

test(
  'with a cache the same weights are asked nothing twice, and what was reused is told',
  async () => {
    const cache = await temporaryPlace();
    const first = await evaluate({ cache, limit: 4 });
    expect(first.work).toMatchObject({ docs: 6, asked: 10, reused: 0 });
    expect(first.work.tokens).toBeGreaterThan(10);
    const second = await evaluate({ cache });
    expect(second.work).toMatchObject({ docs: 12, asked: 12, reused: 10 });
    const text = renderScores(second, { palette: plainPalette, width: undefined, isExplained: false });
    expect(text).toMatch(/12 docs in [\d.]+ s \([\d.e+]+\/s\).*12 requests asked, \d+ tokens.*; 10 answers reused/);
    expect(ownScores(second)).toEqual(ownScores(await evaluate()));
    // Four of the ten docs of colours were known: their time is nobody's.
    expect(second.measured.scores.find(({ metric }) => metric === 'latency_p50')).toMatchObject({
      task: 'colours',
      n: 6,
    });
  },
  SEVERAL_SERVERS,
);

test(
  'a server that does not prove what it serves is asked everything, whatever the cache holds',
  async () => {
    const cache = await temporaryPlace();
    await evaluate({ cache, limit: 4 });
    const lines: string[] = [];
    const log = createLog({ format: 'plain', level: 'warn', write: (line) => lines.push(line) });
    const place = await makeBareCheckpoint();
    await using server = await startFakeEngine({ servedName: 'anything' });
    const tasks = await taskFiles({ 'colours.yaml': choiceTask(), 'docs.jsonl': choiceDocs(10) });
    const evaluated = await evaluateOnce({
      checkpoint: place.checkpoint.path,
      includePaths: [tasks],
      limit: 4,
      cache,
      engine: { name: server.base },
      workDirectory: place.workDirectory,
      libraVersion: '0.0.0',
      log,
      clock: systemClock,
    });
    await place[Symbol.asyncDispose]();
    expect(evaluated.facts.model.isVerified).toBe(false);
    expect(evaluated.work).toMatchObject({ asked: 8, reused: 0 });
    expect(lines.join('\n')).toMatch(/answers are not reused/);
  },
  SEVERAL_SERVERS,
);

test(
  'a cache that is no database is left alone with a warning',
  async () => {
    const cache = await temporaryPlace();
    writeFileSync(
      join(cache, 'libra.db'),
      'this is no database, but it is long enough to be looked at as one'.repeat(99),
    );
    const lines: string[] = [];
    const log = createLog({ format: 'plain', level: 'warn', write: (line) => lines.push(line) });
    expect((await evaluate({ cache, log, limit: 4 })).work).toMatchObject({ asked: 10, reused: 0 });
    expect(lines.join('\n')).toMatch(/kept answers are left alone.*not a sound Libra database/);
  },
  SEVERAL_SERVERS,
);

test(
  'a task that the engine refuses is told, the others are scored',
  async () => {
    const evaluated = await evaluate({}, { refuse: 'Question 5' });
    expect(evaluated.problems.map(({ task, error }) => [task, error.code])).toEqual([
      ['broken', 'LIBRA_TASK_INVALID'],
      ['colours', 'LIBRA_ENGINE_FAILED'],
    ]);
    expect(ownScores(evaluated).map(({ task, n }) => [task, n])).toEqual([['letters', 2]]);
    await expect(evaluate({ only: ['colours'] }, { refuse: 'Question 5' })).rejects.toMatchObject({
      code: 'LIBRA_ENGINE_FAILED',
    });
  },
  SEVERAL_SERVERS,
);

test('a warning of the task file stands beside its numbers', async () => {
  const evaluated = await evaluate();
  const tasks = evaluated.tasks.map((task) => ({
    ...task,
    summary: { ...task.summary, card: { ...task.summary.card, notice: 'starter docs, not a benchmark' } },
  }));
  const text = renderScores({ ...evaluated, tasks }, { palette: plainPalette, width: undefined, isExplained: false });
  expect(text).toContain('colours, letters: starter docs, not a benchmark.');
});

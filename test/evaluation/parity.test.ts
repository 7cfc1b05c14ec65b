import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { openEngines } from '../../src/daemon/open-engines.ts';
import type { Sample } from '../../src/domain/sample.ts';
import { evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import { writeResults } from '../../src/evaluation/results/results.ts';
import { harnessSamples } from '../../src/evaluation/results/results-samples.ts';
import { type AnsweredSlice, measureCheckpoint } from '../../src/evaluation/scoring/aggregate.ts';
import type { Task } from '../../src/evaluation/task.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import { serveCheckpoint } from '../../src/inference/serve-checkpoint.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';

/**
 * The same checkpoints and docs through the real lm-evaluation-harness (recorded, fixtures/parity) and through Libra with its
 * embedded engine. Log-probabilities may differ by 1e-4 (float sums in another order); a choice only where the two best are closer
 * than twice that, and every such doc is printed.
 */
const TOLERANCE = 1e-4;
const fixtures = fileURLToPath(new URL('../../fixtures/', import.meta.url));
const parity = join(fixtures, 'parity');

interface Recorded {
  readonly doc_id: number;
  readonly doc: Readonly<Record<string, unknown>>;
  readonly filter: string;
  readonly arguments: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly resps: readonly unknown[];
  readonly filtered_resps: readonly unknown[];
  readonly doc_hash: string;
  readonly prompt_hash: string;
  readonly target_hash: string;
  readonly [metric: string]: unknown;
}

interface Recording {
  readonly name: string;
  readonly checkpoint: string;
  readonly taskFolder: string;
  /** `--num_fewshot` of the tasks whose names end in _shots. */
  readonly shots: number | undefined;
  readonly results: {
    readonly results: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly 'n-shot': Readonly<Record<string, number>>;
  };
  readonly samples: ReadonlyMap<string, readonly Recorded[]>;
}

function recordings(): Recording[] {
  const folders = readdirSync(parity).filter((name) => existsSync(join(parity, name, 'results.json')));
  return folders.map((name) => {
    const results = JSON.parse(readFileSync(join(parity, name, 'results.json'), 'utf8'));
    const isVariants = name.startsWith('variants-');
    const files = readdirSync(join(parity, name)).filter((file) => file.startsWith('samples_'));
    return {
      name,
      checkpoint: join(fixtures, results.model_name),
      taskFolder: isVariants ? join(parity, 'variants') : join(fixtures, 'tasks'),
      shots: isVariants ? 5 : undefined,
      results,
      samples: new Map(
        files.map((file) => [
          file.slice('samples_'.length, -'.jsonl.gz'.length),
          readSamples(join(parity, name, file)),
        ]),
      ),
    };
  });
}

function readSamples(path: string): Recorded[] {
  const text = gunzipSync(readFileSync(path)).toString('utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

/** Tasks as the recording had them: the number of examples is the recorded one. */
async function loadRecorded(recording: Recording): Promise<ReadonlyMap<string, Task>> {
  const loaded = new Map<string, Task>();
  for (const numFewshot of new Set(Object.values(recording.results['n-shot']))) {
    const names = Object.keys(recording.results['n-shot']).filter(
      (name) => recording.results['n-shot'][name] === numFewshot,
    );
    const { tasks, problems } = await loadTasks({ includePaths: [recording.taskFolder], only: names, numFewshot });
    expect(problems).toEqual([]);
    for (const task of tasks)
      loaded.set(task.summary.name, asRecorded(task, recording.samples.get(task.summary.name)!));
  }
  return loaded;
}

/** The recorded docs only; few-shot examples still come from the whole pool. */
function asRecorded(task: Task, recorded: readonly Recorded[]): Task {
  const positions = new Set(recorded.map(({ doc_id }) => doc_id));
  return { ...task, docs: task.docs.filter((doc) => positions.has(doc.position)) };
}

test('there are recordings of at least three checkpoints', () => {
  expect(new Set(recordings().map(({ checkpoint }) => checkpoint)).size).toBeGreaterThanOrEqual(3);
});

describe.each(recordings())('$name', (recording) => {
  test('prompts and docs are the harness’s, byte for byte', async () => {
    const tasks = await loadRecorded(recording);
    expect([...tasks.keys()].sort()).toEqual([...recording.samples.keys()].sort());
    for (const [name, recorded] of recording.samples) {
      const task = tasks.get(name)!;
      const empty = task.docs.map(
        (doc, index): Sample => ({ index, docId: doc.id, answer: null, error: null, values: {} }),
      );
      const ours = harnessSamples({ task, docs: task.docs.length, samples: empty });
      expect(ours).toHaveLength(recorded.length);
      for (const [i, sample] of ours.entries()) {
        const { doc_id, doc_hash, prompt_hash, target_hash, arguments: asked, filter } = recorded[i]!;
        expect({
          name,
          doc_id: sample.doc_id,
          arguments: JSON.parse(JSON.stringify(sample.arguments)),
          filter: sample.filter,
        }).toEqual({ name, doc_id, arguments: asked, filter });
        expect([sample.doc_hash, sample.prompt_hash, sample.target_hash]).toEqual([doc_hash, prompt_hash, target_hash]);
      }
    }
  });

  test('answers and scores through the embedded engine are the harness’s', { timeout: 900_000 }, async () => {
    const close: string[] = [];
    const tasks = await loadRecorded(recording);
    const output = await temporaryPlace();
    const served = await serveCheckpoint({
      checkpoint: { id: recording.name, path: recording.checkpoint, fingerprint: 'parity' },
      engine: { name: 'embedded', niceness: 0 },
      engines: openEngines(),
      workDirectory: join(output, 'work'),
      log: silentLog,
      clock: systemClock,
    });
    const slices: AnsweredSlice[] = [];
    try {
      const plan = [...tasks.values()].map((task) => ({ task, docs: task.docs.length }));
      const answered = plan.map((): Sample[] => []);
      for await (const { place, samples } of evaluatePlan({ plan, model: served.model })) {
        answered[place]!.push(...samples);
      }
      slices.push(...plan.map((one, place) => ({ ...one, samples: answered[place]! })));
    } finally {
      await served.stop();
    }
    const facts = {
      checkpoint: recording.checkpoint,
      fingerprint: '',
      model: served.model.description,
      limit: null,
      startedAt: 0,
      seconds: 0,
      libraVersion: 'test',
    };
    await writeResults(output, slices, facts);
    const written = JSON.parse(readFileSync(join(output, 'results.json'), 'utf8')).results;
    for (const name of tasks.keys()) {
      const ours = readFileSync(join(output, `samples_${name}.jsonl`), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Recorded);
      close.push(...compareSamples(name, ours, recording.samples.get(name)!));
      compareScores(name, written[name], recording.results.results[name]!, close);
    }
    expect(measureCheckpoint(slices).scores.every(({ failed }) => failed === 0)).toBe(true);
    // Docs on the edge are told, not hidden.
    if (close.length > 0) console.info(`${recording.name}: ${close.length} docs on the edge: ${close.join(', ')}`);
    expect(close.length).toBeLessThan(10);
  });
});

/** Returns the docs whose answer differs because two candidates are as good as equal. */
function compareSamples(name: string, ours: readonly Recorded[], theirs: readonly Recorded[]): string[] {
  const close: string[] = [];
  expect(ours.length).toBe(theirs.length);
  for (const [i, theirSample] of theirs.entries()) {
    const sample = ours[i]!;
    const where = `${name} doc ${theirSample.doc_id}`;
    const [a, b] = [logprobsOf(sample), logprobsOf(theirSample)];
    expect(a.length, where).toBe(b.length);
    for (const [k, logprob] of a.entries()) expect(Math.abs(logprob - b[k]!), where).toBeLessThan(TOLERANCE);
    const differs = ['acc', 'acc_norm', 'acc_bytes', 'exact_match'].filter(
      (metric) => sample[metric] !== theirSample[metric],
    );
    if (differs.length === 0) continue;
    const sorted = [...b].sort((x, y) => y - x);
    expect(b.length > 1 && sorted[0]! - sorted[1]! < 2 * TOLERANCE, `${where}: ${differs.join(', ')}`).toBe(true);
    close.push(where);
  }
  return close;
}

/** Log-probabilities of a logged sample; none for generated text, which must be the same. */
function logprobsOf(sample: Recorded): number[] {
  return sample.filtered_resps.flatMap((response) => {
    const first = Array.isArray(response) ? response[0] : response;
    const number = Number(first);
    return Object.keys(sample.arguments.gen_args_0 ?? {}).length === 2 &&
      typeof sample.arguments.gen_args_0!.arg_1 !== 'string'
      ? []
      : [number];
  });
}

function compareScores(
  name: string,
  ours: Readonly<Record<string, unknown>>,
  theirs: Readonly<Record<string, unknown>>,
  close: readonly string[],
): void {
  const onEdge = close.filter((doc) => doc.startsWith(`${name} doc `)).length;
  for (const [key, value] of Object.entries(theirs)) {
    if (typeof value !== 'number' || key === 'sample_len') continue;
    const mine = ours[key] as number;
    const isProportion = /^(acc|exact_match)/.test(key);
    if (isProportion && onEdge === 0) expect(mine, `${name} ${key}`).toBeCloseTo(value, 9);
    // A bootstrapped error is as exact as its draws.
    else if (key.startsWith('perplexity_stderr'))
      expect(Math.abs(mine / value - 1), `${name} ${key}`).toBeLessThan(0.1);
    else if (!isProportion) expect(Math.abs(mine / value - 1), `${name} ${key}`).toBeLessThan(1e-4);
  }
}

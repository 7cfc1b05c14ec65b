/** HumanEval through `libra evaluate`'s whole way: an engine that answers rightly gets 1, one that answers nonsense 0. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { evaluateOnce } from '../../src/daemon/evaluate-once.ts';
import { systemClock } from '../../src/system/clock.ts';
import { createLog, silentLog } from '../../src/system/log.ts';
import { makeBareCheckpoint } from '../fakes/bare-checkpoint.ts';
import { hasSandbox } from '../fakes/code-sandbox.ts';
import { startFakeEngine } from '../fakes/start-fake-engine.ts';
import { taskFiles } from '../fakes/task-files.ts';

const HUMANEVAL = new URL('../../../shared/data/humaneval/HumanEval.jsonl.gz', import.meta.url);
const hasData = existsSync(HUMANEVAL);
if (!hasData) console.warn('HumanEval is not tried: ../shared/data/humaneval is absent');

type Row = { readonly prompt: string; readonly canonical_solution: string };

async function evaluate(texts: Record<string, string>, rows: readonly Row[], more = {}) {
  await using place = await makeBareCheckpoint();
  await using server = await startFakeEngine({ root: place.checkpoint.path, maxModelLen: 8192, texts });
  const yaml = readFileSync('src/evaluation/library/humaneval.yaml', 'utf8');
  const tasks = await taskFiles({
    'humaneval.yaml': `${yaml.replace('openai/openai_humaneval\n', 'json\n')}dataset_kwargs: {data_files: {test: docs.jsonl}}\n`,
    'docs.jsonl': rows,
  });
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
  const lines = readFileSync(join(output, 'samples_humaneval.jsonl'), 'utf8').trim().split('\n');
  const results = JSON.parse(readFileSync(join(output, 'results.json'), 'utf8'));
  return { ...evaluated, results, samples: lines.map((line) => JSON.parse(line)) };
}

describe.skipIf(!hasSandbox || !hasData)('code generation', { timeout: 180_000 }, () => {
  const rows: Row[] = hasData
    ? gunzipSync(readFileSync(HUMANEVAL))
        .toString()
        .trim()
        .split('\n')
        .slice(0, 5)
        .map((line) => JSON.parse(line))
    : [];

  it('gets 1 for right programs, written as the harness writes it', async () => {
    const right = Object.fromEntries(rows.map((row) => [row.prompt, `${row.canonical_solution}\ndef more(): pass`]));
    const { measured, results, samples } = await evaluate(right, rows);
    expect(measured.scores.filter(({ isAttached }) => !isAttached)).toEqual([
      expect.objectContaining({ metric: 'pass@1', value: 1, n: 5, failed: 0 }),
    ]);
    expect(measured.capabilities).toContainEqual(
      expect.objectContaining({ capability: 'advanced.generation.code', value: 1 }),
    );
    expect(results.results.humaneval).toMatchObject({ 'pass@1,none': 1, 'pass@1_stderr,none': 0 });
    expect(samples[0]).toMatchObject({ 'pass@1': 1, libra_executions: [{ outcome: 'passed', detail: '' }] });
    // Cut at the stop strings of the task.
    expect(samples[0].resps[0][0]).not.toContain('more');
  });

  it('gets 0 for nonsense, and says when answers must be shorter than the task asks', async () => {
    const lines: string[] = [];
    const log = createLog({ format: 'plain', level: 'warn', write: (line: string) => lines.push(line) });
    await using place = await makeBareCheckpoint();
    await using server = await startFakeEngine({ root: place.checkpoint.path, maxModelLen: 1000 });
    const yaml = readFileSync('src/evaluation/library/humaneval.yaml', 'utf8');
    const tasks = await taskFiles({
      'humaneval.yaml': `${yaml.replace('openai/openai_humaneval\n', 'json\n')}dataset_kwargs: {data_files: {test: docs.jsonl}}\n`,
      'docs.jsonl': rows.slice(0, 2),
    });
    const { measured } = await evaluateOnce({
      checkpoint: place.checkpoint.path,
      includePaths: [tasks],
      engine: { name: server.base },
      workDirectory: place.workDirectory,
      libraVersion: '0.0.0',
      log,
      clock: systemClock,
    });
    expect(measured.scores.filter(({ isAttached }) => !isAttached)).toEqual([
      expect.objectContaining({ metric: 'pass@1', value: 0, n: 2 }),
    ]);
    expect(lines.join('\n')).toMatch(/humaneval: answers may have 500 tokens, not the 1024 of max_gen_toks/);
    const asked = await server.seen('/v1/completions');
    expect(asked.map(({ body }) => body.max_tokens).filter((count) => count === 500)).not.toEqual([]);
  });
});

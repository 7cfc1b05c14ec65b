import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { Sample } from '../../src/domain/sample.ts';
import { evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import { measureCheckpoint } from '../../src/evaluation/scoring/aggregate.ts';
import { loadTasks } from '../../src/evaluation/tasks/task-loader.ts';
import { scriptedModel } from '../fakes/scripted-model.ts';

const library = fileURLToPath(new URL('../../src/evaluation/library/probes/', import.meta.url));
const { tasks, problems } = await loadTasks({ includePaths: [library] });

const rowsOf = (name: string): Record<string, string>[] =>
  readFileSync(`${library}${name}.jsonl`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

test('are four tasks, marked as what they are', () => {
  expect(problems).toEqual([]);
  expect(tasks.map(({ summary }) => [summary.name, summary.capabilities[0]])).toEqual([
    ['probe_degeneration', 'probe.degeneration'],
    ['probe_lm_code', 'probe.lm'],
    ['probe_lm_en', 'probe.lm'],
    ['probe_lm_zh', 'probe.lm'],
  ]);
  for (const { summary } of tasks) {
    expect(summary.card.notice).toMatch(/for trends, not a benchmark/);
    expect(summary.card.licence).toBe('Apache-2.0');
  }
});

test.each(['zh', 'en', 'code'])('%s passages are many, whole and different from each other', (language) => {
  const texts = rowsOf(`passages_${language}`).map(({ text }) => text!);
  expect(texts.length).toBeGreaterThanOrEqual(40);
  for (const text of texts) {
    expect(text.length).toBeGreaterThanOrEqual(200);
    expect(text.length).toBeLessThanOrEqual(600);
  }
  // No template: any two share next to none of their runs of twelve characters.
  const runs = texts.map((text) => new Set(Array.from({ length: text.length - 11 }, (_, i) => text.slice(i, i + 12))));
  const shared = runs.flatMap((own, i) =>
    runs.slice(i + 1).map((other) => [...own].filter((run) => other.has(run)).length / Math.min(own.size, other.size)),
  );
  expect(Math.max(...shared)).toBeLessThan(language === 'code' ? 0.2 : 0.05);
});

test('open prompts are Chinese and English, each asked once', () => {
  const prompts = rowsOf('open_prompts');
  expect(prompts.length).toBeGreaterThanOrEqual(40);
  expect(new Set(prompts.map(({ prompt }) => prompt)).size).toBe(prompts.length);
  for (const language of ['zh', 'en'])
    expect(prompts.filter((row) => row.language === language).length).toBeGreaterThanOrEqual(20);
});

test('are asked and measured: bits per byte, and repetition with the right direction', async () => {
  const model = scriptedModel({
    rolling: ({ text }) => -Buffer.byteLength(text) * Math.LN2,
    text: ({ context }) => (context.includes('续写') ? '好好好好好好好好' : 'One two three four five six.'),
  });
  const slices = tasks.map((task) => ({ task, docs: task.docs.length, samples: [] as Sample[] }));
  for await (const { place, samples, error } of evaluatePlan({ plan: slices, model })) {
    expect(error).toBeNull();
    slices[place]!.samples.push(...samples);
  }
  const { capabilities, scores } = measureCheckpoint(slices);
  const node = Object.fromEntries(capabilities.map((one) => [one.capability, one]));
  expect(node['probe.lm']!.value).toBeCloseTo(1, 10);
  expect(node['probe.lm']!.members).toHaveLength(3);
  expect(node['probe.degeneration']!.value).toBeGreaterThan(0);
  expect(node['probe.degeneration.empty']!.value).toBe(0);
  const repetition = scores.filter(({ metric }) => metric === 'degeneration.repetition');
  expect(repetition).toHaveLength(1);
  expect(repetition[0]!.higherIsBetter).toBe(false);
  expect(node['*']).toBeUndefined();
});

/** A tuned run is measured against its base model, which is evaluated once; a model that writes no text is not asked. */
import { appendFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runLibra, startLibra } from './libra-process.ts';
import { makePlace, ROOT, read, recordedRun } from './watched-replay.ts';

it('tells what a run gained and lost against its base, and skips a reward model', async () => {
  await using place = await makePlace(60);
  const tuned = join(place.output, 'tuned');
  const reward = join(place.output, 'reward');
  for (const [from, to] of [
    ['checkpoint-1040', join(tuned, 'checkpoint-1040')],
    ['checkpoint-1120', join(tuned, 'checkpoint-1120')],
    ['checkpoint-1120', join(reward, 'checkpoint-1120')],
  ] as const) {
    await mkdir(to, { recursive: true });
    await cp(join(recordedRun('forgetting'), from), to, { recursive: true });
  }
  const config = join(reward, 'checkpoint-1120', 'config.json');
  await writeFile(
    config,
    (await readFile(config, 'utf8')).replace('LlamaForCausalLM', 'LlamaForSequenceClassification'),
  );
  const base = join(ROOT, 'fixtures/base/checkpoint-960');
  const early = join(recordedRun('healthy'), 'checkpoint-80');
  await appendFile(
    place.config,
    `runs:\n  - {path: ${JSON.stringify(tuned)}, base: ${JSON.stringify(base)}}\nreferences: {early: ${JSON.stringify(early)}, gone: /nowhere/model}\n`,
  );
  const args = ['--data', place.data, '--config', place.config, '--json', '--tasks', 'thing_choice_en,arith_zh'];
  const libra = startLibra(['watch', place.output, ...args, '--until-idle', '1']);
  const { code, stderr } = await libra.ended;
  expect(code, stderr).toBe(0);

  // Two checkpoints, the base once, and the reference that is there.
  expect(libra.events.filter(({ event }) => event === 'evaluation.finished')).toHaveLength(4);
  expect(libra.events.find(({ event }) => event === 'checkpoint.skipped')).toMatchObject({
    run: 'reward',
    reason: expect.stringContaining('reward model'),
  });
  expect(stderr).toContain('nothing is held against the reference gone (references.gone: /nowhere/model)');
  const whole = read(place, (store) => store.verdicts.ofCheckpoint('tuned-1120')).find(
    ({ series }) => series.capability === '*',
  )!;
  const early80 = whole.besides!.find(({ to }) => to === 'reference')!;
  // It has forgotten what that one knew.
  expect(early80).toMatchObject({ name: 'early', n: 120 });
  expect(early80.ci95[1]).toBeLessThan(0);
  const { stdout } = await runLibra(['tax', 'tuned', '--data', place.data, '--json']);
  const tax = JSON.parse(stdout);
  expect(tax).toMatchObject({ run: 'tuned', model_type: 'base', step: 1120, base: { path: base }, not_comparable: [] });
  const row = tax.rows.find(({ task }: { task: string }) => task === 'thing_choice_en');
  expect(row.n).toBe(60);
  expect(row.difference).toBeCloseTo(row.tuned - row.base, 9);
  expect(row.ci95[0]).toBeLessThan(row.difference);
  expect(row.verdict).toBe('lowered');
  expect(tax.rows.some(({ capability }: { capability: string }) => capability === '*')).toBe(true);
  const shown = await runLibra(['tax', 'tuned', '--data', place.data]);
  expect(shown.stdout).toContain('lowered');
  const none = await runLibra(['tax', 'reward', '--data', place.data]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('names no base model') });
  const [node] = read(place, (store) => store.provenance.ofCheckpoint('tuned-1120'));
  expect(node).toMatchObject({ engine: 'embedded', docs: { asked: 60, answered: 60 } });
}, 180_000);

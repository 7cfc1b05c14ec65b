import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { openEngines } from '../../src/daemon/open-engines.ts';
import type { Answer } from '../../src/domain/sample.ts';
import { evaluatePlan } from '../../src/evaluation/asking/evaluate.ts';
import { serveCheckpoint } from '../../src/inference/serve-checkpoint.ts';
import { systemClock } from '../../src/system/clock.ts';
import { silentLog } from '../../src/system/log.ts';
import { temporaryPlace } from '../fakes/temporary-place.ts';
import { recordings, tasksOf } from './recorded-tasks.ts';

/** Float sums in another order. */
const TOLERANCE = 1e-4;
const checkpoint = fileURLToPath(new URL('../../fixtures/runs/forgetting/checkpoint-1120', import.meta.url));

test('the embedded engine answers as the harness’s own model did', { timeout: 900_000 }, async () => {
  const recording = recordings.find(({ suite, model }) => suite === 'tasks' && model === 'forgetting-1120')!;
  const plan = [...(await tasksOf('tasks')).values()].flatMap((task) => {
    const recorded = recording.tasks[task.summary.name];
    // Draws are random: there is nothing to compare.
    if (recorded === undefined || task.settings.generation.temperature > 0) return [];
    const places = new Set(recorded.docs.map(({ doc_id }) => doc_id));
    const docs = task.docs.filter(({ position }) => places.has(position));
    return [{ task: { ...task, docs }, docs: docs.length, recorded }];
  });
  const served = await serveCheckpoint({
    checkpoint: { id: 'live', path: checkpoint, fingerprint: 'live' },
    engine: { name: 'embedded', niceness: 0 },
    engines: openEngines(),
    workDirectory: join(await temporaryPlace(), 'work'),
    log: silentLog,
    clock: systemClock,
  });
  const different: string[] = [];
  let answers = 0;
  try {
    for await (const { place, samples } of evaluatePlan({ plan, model: served.model })) {
      const { task, recorded } = plan[place]!;
      for (const { index, answer } of samples) {
        const { position } = task.docs[index]!;
        const { resps } = recorded.docs.find(({ doc_id }) => doc_id === position)!;
        const ours = answer === null ? [] : responsesOf(answer);
        expect(ours).toHaveLength(resps.length);
        ours.forEach((one, i) => {
          answers++;
          if (!isSame(one, resps[i]![0]))
            different.push(`${task.summary.name} doc ${position}: ${one} for ${resps[i]![0]}`);
        });
      }
    }
  } finally {
    await served.stop();
  }
  expect(answers).toBeGreaterThan(2500);
  // Where two tokens are as good as equal a text may go another way; every such doc is told.
  if (different.length > 0) console.info(different.join('\n'));
  expect(different.length).toBeLessThan(10);
});

function responsesOf(answer: Answer): (number | string)[] {
  switch (answer.kind) {
    case 'choice':
      return [...answer.logprobs, ...(answer.unconditional?.logprobs ?? [])];
    case 'text':
      return [answer.text];
    default:
      return [answer.logprob];
  }
}

function isSame(ours: number | string, theirs: unknown): boolean {
  if (typeof ours === 'string') return ours === theirs;
  return Math.abs(ours - Number([theirs].flat()[0])) < TOLERANCE;
}

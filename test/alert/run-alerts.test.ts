import { expect, test } from 'vitest';
import { messageOf } from '../../src/alert/message.ts';
import { renderText } from '../../src/alert/render-text.ts';
import {
  checkpointVanishedAlert,
  evaluationFailingAlert,
  stalledAlert,
  stalledFrom,
} from '../../src/alert/run-alerts.ts';

test('a run is stalled three median intervals after its last checkpoint, a minute at least, from three checkpoints on', () => {
  expect(stalledFrom([0, 100_000])).toBeNull();
  expect(stalledFrom([0, 100_000, 200_000, 300_000, 900_000])).toBe(900_000 + 300_000);
  expect(stalledFrom([0, 100, 200])).toBe(200 + 60_000);
});

test('each names the checkpoint and what to do; ids are the same whenever they are made', () => {
  const last = { id: 'run-1200', step: 1200 };
  const stalled = stalledAlert('run', last, 660_000);
  expect(stalled.summary).toContain('No checkpoint since step 1,200; one usually comes every 11 min.');
  expect(stalledAlert('run', last, 1).id).toBe(stalled.id);
  expect(checkpointVanishedAlert('run', last).id).not.toBe(stalled.id);
  const failing = evaluationFailingAlert('run', last, 'The engine was killed.', 'Give it more memory.');
  expect(renderText(messageOf(failing, { language: 'en', samples: 'ids' }))).toBe(
    'run: evaluation failed, step 1,200\n\nEvaluation of step 1,200 failed: The engine was killed. Give it more memory.\n',
  );
});

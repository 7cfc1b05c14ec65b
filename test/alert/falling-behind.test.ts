import { expect, it } from 'vitest';
import { fallingBehindAlert, hasCaughtUp, isBehind } from '../../src/alert/falling-behind.ts';
import { messageOf } from '../../src/alert/message.ts';
import { renderText } from '../../src/alert/render-text.ts';

const MINUTE = 60_000;
const queue = { waiting: 6, expectedMs: 90 * MINUTE, intervalMs: 10 * MINUTE };

it('a run is behind when many wait, longer than three intervals and ten minutes', () => {
  expect(isBehind(queue)).toBe(true);
  expect(isBehind({ ...queue, waiting: 4 })).toBe(false);
  expect(isBehind({ ...queue, expectedMs: 30 * MINUTE })).toBe(false);
  expect(isBehind({ waiting: 50, expectedMs: 9 * MINUTE, intervalMs: 1000 })).toBe(false);
});

it('it has caught up only when next to nothing waits', () => {
  expect(hasCaughtUp({ ...queue, waiting: 4 })).toBe(false);
  expect(hasCaughtUp({ ...queue, waiting: 1 })).toBe(true);
  expect(hasCaughtUp({ ...queue, waiting: 3, expectedMs: 9 * MINUTE })).toBe(true);
});

it('says how long the newest waits and which key to set, in both languages', () => {
  const alert = fallingBehindAlert('run', { id: 'run-700', step: 700 }, queue);
  const said = (language: 'en' | 'zh') => renderText(messageOf(alert, { language, samples: 'ids' }));
  expect(said('en')).toContain('6 checkpoints wait for their evaluation: the last of them in about 90 min');
  expect(said('en')).toContain('backlog: newest');
  expect(said('zh')).toContain('backlog: newest');
});

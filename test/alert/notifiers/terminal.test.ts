import { expect, test } from 'vitest';
import { createTerminalNotifier, wantsColour } from '../../../src/alert/notifiers/terminal.ts';
import { outgoingOf } from '../../../src/alert/outgoing.ts';
import { alert } from '../fixtures.ts';

function printed(hasColour: boolean, runName = 'forgetting'): string {
  let text = '';
  const notifier = createTerminalNotifier({ name: 'terminal', hasColour, write: (part) => (text += part) });
  const outgoing = outgoingOf(alert(), notifier, {
    at: '2026-11-24T03:00:00.000Z',
    event: 'alert.firing',
    language: 'en',
    runName,
  });
  notifier.send(outgoing);
  return text;
}

test('a readable block with the docs in full', () => {
  const text = printed(false);
  expect(text).toContain('┃ ▼ forgetting: 2 capabilities regressed');
  expect(text).toContain('画蛇添__');
  expect(text).not.toContain('\u001b');
});

test('colour only where it is wanted, never from the text itself', () => {
  expect(printed(true)).toContain('\u001b[1;31m▼ forgetting');
  expect(printed(false, '\u001b[2J\u0007evil')).not.toMatch(/\p{Cc}(?<!\n)/u);
  expect(wantsColour(true, {})).toBe(true);
  expect(wantsColour(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColour(false, {})).toBe(false);
});

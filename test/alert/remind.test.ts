import { describe, expect, test } from 'vitest';
import { messageOf } from '../../src/alert/message.ts';
import { remindersDue } from '../../src/alert/remind.ts';
import { alert } from './fixtures.ts';

const HOUR = 3_600_000;
const settings = {
  every: 4 * HOUR,
  most: 3,
  severities: ['critical'] as const,
  escalate_after: HOUR,
  escalate_to: ['phone'],
};
const critical = { ...alert(), severity: 'critical', state: 'firing' } as const;
const due = (hours: number, of: object = critical, with_: object = settings) =>
  remindersDue({ ...critical, ...of }, 0, { ...settings, ...with_ }, hours * HOUR);

describe('while nobody answers', () => {
  test('it is told again every so often, so many times, the newest reminder alone', () => {
    expect(due(3.9).again).toBeNull();
    expect(due(4).again).toEqual({ nth: 1, of: 3, unansweredMs: 4 * HOUR });
    expect(due(9.5).again).toMatchObject({ nth: 2 });
    expect(due(500).again).toMatchObject({ nth: 3, unansweredMs: 12 * HOUR });
    expect(due(500, critical, { every: null }).again).toBeNull();
  });

  test('others are told after a while', () => {
    expect(due(0.9).escalated).toBeNull();
    expect(due(1).escalated).toMatchObject({ nth: 0, unansweredMs: HOUR });
    expect(due(9, critical, { escalate_after: null }).escalated).toBeNull();
    expect(due(9, critical, { escalate_to: [] }).escalated).toBeNull();
  });

  test('an answer, or another severity, ends it', () => {
    for (const state of ['acknowledged', 'silenced', 'resolved', 'pending'])
      expect(due(9, { state })).toEqual({ again: null, escalated: null });
    expect(due(9, { severity: 'warning' })).toEqual({ again: null, escalated: null });
  });

  test('the message says so first, in both languages', () => {
    const reminder = { nth: 2, of: 3, unansweredMs: 8 * HOUR };
    const [en, zh] = messageOf(critical, { language: 'both', samples: 'none', reminder }).texts;
    expect(en!.lead).toMatch(/^Nobody has answered for 8 h \(reminder 2 of 3\)\. The drop began/);
    expect(zh!.lead).toMatch(/^已有 8 小时无人响应（第 2 次提醒，共 3 次）。下降始于/);
    const first = messageOf(critical, { language: 'en', samples: 'none', reminder: { ...reminder, nth: 0 } }).texts[0]!;
    expect(first.lead).toMatch(/so you are told too\. The drop/);
  });
});

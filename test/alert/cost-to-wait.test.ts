import { describe, expect, it } from 'vitest';
import { alertWords } from '../../src/alert/alert-words.ts';
import { costToWait } from '../../src/alert/cost-to-wait.ts';
import { alert } from './fixtures.ts';

const MINUTE = 60_000;
const run = (tokens: number | null = 4e6) =>
  [100, 200, 300, 400, 500, 600].map((step, i) => ({
    step,
    tokens: tokens === null ? null : tokens * step,
    // One long pause in between says nothing of the pace.
    lastByteAt: (i > 2 ? 600 * MINUTE : 0) + i * 12 * MINUTE,
  }));

describe('what it costs to wait', () => {
  it('is what was trained since the drop, and the pace of the last checkpoints', () => {
    expect(costToWait(run(), 400)).toEqual({
      sinceSteps: 200,
      perCheckpoint: { steps: 100, ms: 12 * MINUTE, tokens: 4e8 },
    });
    expect(costToWait(run(null), 400)!.perCheckpoint.tokens).toBeNull();
  });

  it('is not told where nothing tells the pace, or times are those of a copy', () => {
    expect(costToWait([], 0)).toBeNull();
    expect(costToWait(run().slice(0, 1), 0)).toBeNull();
    const copied = run().map((each, i) => ({ ...each, lastByteAt: i }));
    expect(costToWait(copied, 400)!.perCheckpoint.ms).toBeNull();
  });

  it('is said in both languages', () => {
    const waiting = alert({ costToWait: costToWait(run(), 400)! });
    const line = (language: 'en' | 'zh') => alertWords(waiting, 'r', language).sections.at(-1)!;
    expect(line('en')).toEqual({
      heading: 'What it costs to wait',
      lines: [
        '200 steps (about 24 min of training) since the drop began; every further checkpoint adds 100 steps, about 12 min, 400 million tokens.',
      ],
    });
    expect(line('zh').lines).toEqual([
      '下降开始以来已训练 200 步（约 24 分钟）；每多等一个检查点，再训练 100 步，约 12 分钟，4 亿词元。',
    ]);
  });
});

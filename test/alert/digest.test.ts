import { expect, it } from 'vitest';
import { digestOf } from '../../src/alert/digest.ts';

const run = {
  name: 'zh-en\nsmall',
  state: 'active' as const,
  step: 12_000,
  evaluated: 9,
  fired: 2,
  resolved: 1,
  open: ['Chinese culture regressed by 9 points'],
  better: [{ en: 'Factual QA', zh: '事实问答' }],
  worse: [{ en: 'Chinese culture', zh: '中国文化' }],
  changed: [{ name: { en: 'Chinese culture', zh: '中国文化' }, from: 'same' as const, to: 'worse' as const }],
};

it('says in both languages what became of every run that moved, and how many did not', () => {
  const message = digestOf({ days: 7, runs: [run], quiet: 2 }, { language: 'both', thread: 'digest', link: null });
  const [en, zh] = message.texts;
  expect(en).toMatchObject({
    title: 'The last 7 days: 9 checkpoints evaluated, 1 alert open',
    lead: '1 run moved. Nothing happened in 2 more.',
  });
  expect(en?.sections[0]).toEqual({
    heading: 'zh-en small',
    lines: [
      'training, at step 12,000; 9 checkpoints evaluated',
      '2 alerts fired, 1 resolved',
      'Open: Chinese culture regressed by 9 points',
      'Worse: Chinese culture',
      'Better: Factual QA',
      'Verdict changed: Chinese culture: same -> worse',
    ],
  });
  expect(zh?.title).toBe('最近 7 天：评测了 9 个检查点，1 个告警未了结');
  expect(zh?.sections[0]?.lines).toContain('变差：中国文化');
  expect(zh?.sections[0]?.lines).toContain('判定有变：中国文化: 持平 -> 变差');
});

it('has nothing to say of a week in which nothing happened, and says so', () => {
  const { texts } = digestOf({ days: 7, runs: [], quiet: 3 }, { language: 'en', thread: 'digest', link: null });
  expect(texts).toHaveLength(1);
  expect(texts[0]).toMatchObject({ lead: '0 runs moved. Nothing happened in 3 more.', sections: [] });
});

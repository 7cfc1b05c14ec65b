import { expect, test } from 'vitest';
import { advise } from '../../src/alert/advise.ts';
import { cleanLine, cleanText } from '../../src/alert/clean-text.ts';
import { guessLanguage, normaliseLanguage } from '../../src/alert/language.ts';
import { messageOf } from '../../src/alert/message.ts';
import { renderHtml } from '../../src/alert/render-html.ts';
import { renderText } from '../../src/alert/render-text.ts';
import { checkpointVanishedAlert, evaluationFailingAlert, stalledAlert } from '../../src/alert/run-alerts.ts';
import { alert } from './fixtures.ts';

const full = alert();
const advised = {
  ...full,
  advice: advise({
    members: full.members,
    isBroad: false,
    isSudden: false,
    telemetry: full.telemetry,
    lastGood: { step: 1000, path: full.lastGoodCheckpoint! },
    languageOf: { idiom_zh: 'zh', zodiac_zh: 'zh', antonym_zh: 'zh' },
  }),
};
const options = { language: 'en', samples: 'full', link: 'http://127.0.0.1:7700/alerts/a1' } as const;

test('the message says everything a person needs at night, in English', () => {
  expect(renderText(messageOf(advised, options))).toMatchInlineSnapshot(`
    "forgetting: 2 capabilities regressed (Chinese culture, Semantic relations), step 1,400

    The drop began after step 1,000, at the latest by step 1,200.

    What fell
      - Chinese culture: 62.1 % -> 48.0 % (-14.1 points [-17.0, -11.2], 95 % interval, 600 docs) against steps 400 to 1,000; idiom_zh, zodiac_zh
      - Semantic relations: 70.0 % -> 61.0 % (-9.0 points [-12.0, -6.0], 95 % interval, 300 docs) against steps 400 to 1,000; antonym_zh

    Right before, wrong now
      - idiom_zh idiom_zh-012: "画蛇添__" expected "足"; before "足", now "手"
      - antonym_zh antonym_zh-101: "“高”的反义词是？" expected "低"; before "低", now "low"

    Training around it
      - loss 1.62 -> 1.6
      - learning rate 0.0024 -> 0.0023
      - gradient norm 0.81 -> 0.83
      - data mix changed by step 1,010: en 50 %, zh 36 %, xl 14 % -> en 75 %, new 25 %, zh 0 %, xl 0 %

    What to try
      - Raise the share of Chinese ("zh") in the data mix back towards 36 %, or replay some of it. (high confidence) Why: 100 % of what fell is Chinese, and its share of the mix went from 36 % to 0 % by step 1,010. But: The new data may still be worth it: compare what it gained before you turn back.

    Last good checkpoint
      - step 1,000: /data/forgetting/checkpoint-1000

    Open in Libra: http://127.0.0.1:7700/alerts/a1
    "
  `);
});

test('and in Chinese', () => {
  expect(renderText(messageOf(advised, { ...options, language: 'zh' }))).toMatchInlineSnapshot(`
    "forgetting: 2 项能力下降（中国文化理解、语义关系），第 1,400 步

    下降始于第 1,000 步之后，最迟不晚于第 1,200 步。

    下降的能力
      - 中国文化理解：62.1 % -> 48.0 %（-14.1 个百分点 [-17.0, -11.2]，95 % 区间，600 题），对照第 400 至 1,000 步；idiom_zh, zodiac_zh
      - 语义关系：70.0 % -> 61.0 %（-9.0 个百分点 [-12.0, -6.0]，95 % 区间，300 题），对照第 400 至 1,000 步；antonym_zh

    原来答对、现在答错
      - idiom_zh idiom_zh-012：“画蛇添__”应为“足”；之前“足”，现在“手”
      - antonym_zh antonym_zh-101：“‘高’的反义词是？”应为“低”；之前“低”，现在“low”

    当时的训练情况
      - 损失 1.62 -> 1.6
      - 学习率 0.0024 -> 0.0023
      - 梯度范数 0.81 -> 0.83
      - 数据配比在第 1,010 步前改变：en 50 %, zh 36 %, xl 14 % -> en 75 %, new 25 %, zh 0 %, xl 0 %

    建议尝试
      - 把数据配比中中文（“zh”）的份额提回到约 36 %，或回放一部分该类数据。（把握较大）依据：下降的能力中 100 % 是中文；到第 1,010 步，其配比从 36 % 变为 0 %。但是：新数据也可能值得：回退前请先比较它带来的提升。

    最后一个正常的检查点
      - 第 1,000 步：/data/forgetting/checkpoint-1000

    在 Libra 中查看: http://127.0.0.1:7700/alerts/a1
    "
  `);
});

test('both languages stand one after the other, with one link', () => {
  const text = renderText(messageOf(advised, { ...options, language: 'both' }));
  expect(text).toContain('What fell');
  expect(text).toContain('下降的能力');
  expect(text.split('http://127.0.0.1:7700')).toHaveLength(2);
});

test('resolved: short, and says it is over', () => {
  const resolved = { ...advised, state: 'resolved' as const, resolvedAtStep: 2600 };
  const text = renderText(messageOf(resolved, options));
  expect(text).toMatch(
    /^\[Resolved\] forgetting: 2 capabilities regressed .*\n\nBack at the level before the drop at step 2,600; nothing more to do\./,
  );
  expect(text).not.toContain('What to try');
});

test('ids leave no text of a doc, none leaves no doc', () => {
  const ids = renderText(messageOf(advised, { ...options, samples: 'ids' }));
  expect(ids).toContain('idiom_zh idiom_zh-012');
  expect(ids).not.toContain('画蛇添');
  const none = renderText(messageOf(advised, { ...options, samples: 'none' }));
  expect(none).not.toContain('idiom_zh-012');
});

test('no advice and no telemetry is said, not hidden', () => {
  const bare = { ...full, advice: [], telemetry: null };
  const text = renderText(messageOf(bare, options));
  expect(text).toContain('The run logs no loss or learning rate that Libra can read.');
  expect(text).toContain('Nothing in the telemetry explains it');
});

test('text from outside is only text', () => {
  const hostile = alert({
    examples: [
      {
        task: '<!channel>',
        docId: '\u001b]0;owned\u0007\u001b[31mred',
        question: '<script>alert(1)</script>\r\nBcc: x@y',
        expected: '\u202etxt.exe',
        before: '"><img src=x onerror=1>',
        after: `${'长'.repeat(500)}`,
      },
    ],
  });
  const message = messageOf(hostile, { ...options, runName: 'evil\nSubject: x\u001b[2J' });
  const html = renderHtml(message);
  expect(html).not.toMatch(/<script|<img|onerror=1>/);
  const text = renderText(message);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  expect(text.split('\n')[0]).toMatch(/^evil Subject: x: 2 capabilities/);
  expect(text).not.toContain('长'.repeat(91));
});

test('a link that is not http is not made clickable', () => {
  const html = renderHtml(messageOf(full, { ...options, link: 'javascript:alert(1)' }));
  expect(html).not.toContain('href');
});

test('lines are cut between characters, never inside one', () => {
  expect(cleanLine('👩‍👩‍👧‍👦'.repeat(10), 4)).toBe(`${'👩‍👩‍👧‍👦'.repeat(3)}…`);
  expect(cleanText('a\u0000b\ud800c')).toBe('ab\ufffdc');
});

test.each([
  ['zh', 'zh'],
  ['zh-CN', 'zh'],
  ['web_zh', 'zh'],
  ['Chinese', 'zh'],
  ['translate_en_zh', null],
  ['xl', null],
  ['github', 'code'],
])('the part "%s" of a mix is language %s', (part, language) => {
  expect(normaliseLanguage(part)).toBe(language);
});

test('the language of a task comes from its name, else from its docs', () => {
  expect(guessLanguage('arith_zh')).toBe('zh');
  expect(guessLanguage('custom', ['今天天气怎么样？我们去公园散步，然后回家吃饭休息。'])).toBe('zh');
  expect(guessLanguage('custom', ['The quick brown fox jumps over the lazy dog.'])).toBe('en');
  expect(guessLanguage('custom', ['12 + 7 ='])).toBeUndefined();
});

test('trouble with a run is told in Chinese to who reads Chinese', () => {
  const last = { id: 'r-1400', step: 1400 };
  const leads = [
    stalledAlert('r', last, 600_000),
    evaluationFailingAlert('r', last, 'Out of memory.', 'Lower it.'),
    checkpointVanishedAlert('r', last),
  ].map((about) => messageOf(about, { language: 'zh', samples: 'none' }).texts[0]!.lead);
  expect(leads[0]).toBe(
    '第 1,400 步之后没有新检查点；通常每 10 分钟就有一个。训练可能已停止或卡住：请查看其进程和磁盘。',
  );
  expect(leads[1]).toMatch(/^第 1,400 步的评测失败：Out of memory\./);
  expect(leads[2]).toMatch(/^第 1,400 步的检查点在 Libra 固定它之前就被删除了/);
});

/** Perturbations as texts see them: seeded, mild, and never touching what would change the question. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { findPerturbations, loadSteps, stepsFor } from '../../src/evaluation/perturbing/find-perturbations.ts';
import { createWordFinder } from '../../src/evaluation/perturbing/find-words.ts';
import { PERTURBATIONS } from '../../src/evaluation/perturbing/perturbations/index.ts';
import { protectedSpans } from '../../src/evaluation/perturbing/protected-spans.ts';
import { createRandom } from '../../src/evaluation/perturbing/seeded-random.ts';
import { languageOfText } from '../../src/evaluation/perturbing/text-language.ts';
import { GUARD_WORDS, SYNONYMS } from '../../src/evaluation/perturbing/word-lists/chinese-synonyms.ts';
import { MISSPELLINGS } from '../../src/evaluation/perturbing/word-lists/misspellings.ts';
import { sha256 } from '../../src/system/hash.ts';
import { registerEvaluateHelp } from './evaluate-help.ts';

const ENGLISH = ['lower_case', 'contract', 'contractions', 'misspellings', 'typos', 'extra_spaces', 'mild_mix'];
const CHINESE = ['synonyms', 'pinyin_typos', 'full_width', 'traditional', 'simplified', 'mild_mix_zh'];

async function changeBy(name: string): Promise<(text: string, seed?: string) => string> {
  const language = ENGLISH.includes(name) ? 'en' : 'zh';
  const { steps } = stepsFor(findPerturbations([name])[0]!, language);
  const change = await loadSteps(steps);
  return (text, seed = 'seed') => change(text, createRandom(seed));
}

/** Every one of many seeds. */
const seeds = Array.from({ length: 400 }, (_, i) => `doc ${i}`);

describe('English', () => {
  it('goes to lower case, and contracts only what goes on', async () => {
    expect((await changeBy('lower_case'))('Where does Vic Snow live?')).toBe('where does vic snow live?');
    const contract = await changeBy('contract');
    expect(contract('I am sure she is here. It is not. Yes, it is.')).toBe(
      "I'm sure she's here. It's not. Yes, it is.",
    );
    expect(contract('DO NOT move. You cannot win; Do not try')).toBe("DON'T move. You can't win; Don't try");
    expect(contract('This is it. Edison does notable work.')).toBe('This is it. Edison does notable work.');
    const both = await changeBy('contractions');
    expect(both("I'm here and you are not. They can't, it's late, do not")).toBe(
      "I am here and you're not. They cannot, it's late, do not",
    );
    expect(both("She'd gone, he's been there")).toBe("She'd gone, he's been there");
  });

  it('misspells one word in ten of those that are often misspelt, in the case they have', async () => {
    const misspell = await changeBy('misspellings');
    const found = seeds.map((seed) => misspell('Receive the zebra', seed));
    const wrong = found.filter((text) => text !== 'Receive the zebra');
    expect(new Set(wrong)).toEqual(new Set(['Recieve the zebra']));
    expect(wrong.length / seeds.length).toBeGreaterThan(0.06);
    expect(wrong.length / seeds.length).toBeLessThan(0.14);
  });

  it('types a neighbouring key for one letter but the first, in words of four letters or more', async () => {
    const type = await changeBy('typos');
    const found = seeds.map((seed) => type('zebra cat Mud', seed)).filter((text) => text !== 'zebra cat Mud');
    expect(found.length / seeds.length).toBeGreaterThan(0.06);
    expect(found.length / seeds.length).toBeLessThan(0.14);
    for (const text of found) {
      expect(text).toMatch(/^z[a-z]{4} cat Mud$/);
      const differing = [...text].filter((letter, i) => letter !== 'zebra cat Mud'[i]);
      expect(differing).toHaveLength(1);
    }
    expect(found.filter((text) => text[1] !== 'e').every((text) => 'wrsdf'.includes(text[1]!))).toBe(true);
  });

  it('makes gaps of one to three spaces, but no new ones', async () => {
    const space = await changeBy('extra_spaces');
    const gaps = seeds.map((seed) => space('a  b', seed).length - 2);
    expect(new Set(gaps)).toEqual(new Set([1, 2, 3]));
    expect(space('one\ntwo')).toBe('one\ntwo');
  });

  it('mixes as HELM does: nothing in upper case is left, all else is still there', async () => {
    const mix = await changeBy('mild_mix');
    const text = 'It is KNOWN that You will receive a Letter.';
    const mixed = seeds.map((seed) => mix(text, seed));
    expect(mixed.every((one) => one === one.toLowerCase())).toBe(true);
    expect(mixed.every((one) => /^it's +\w+ +\w+ +you'll +\w+ +a +\w+\.$/.test(one))).toBe(true);
    expect(mixed.some((one) => one.includes('recieve'))).toBe(true);
    expect(mixed.some((one) => one.includes('  '))).toBe(true);
  });
});

describe('Chinese', () => {
  it('takes synonyms for three words in ten', async () => {
    const change = await changeBy('synonyms');
    const text = '这条河流很美丽';
    const found = seeds.map((seed) => change(text, seed));
    const rivers = found.filter((one) => one.includes('江河')).length / seeds.length;
    expect(rivers).toBeGreaterThan(0.23);
    expect(rivers).toBeLessThan(0.37);
    expect(new Set(found)).toEqual(new Set([text, '这条江河很美丽', '这条河流很漂亮', '这条江河很漂亮']));
  });

  it('knows where a word ends: no synonym for what only looks like one', async () => {
    const change = await changeBy('synonyms');
    for (const text of ['他发现在房间里没有时钟', '等了二十分钟', '这是所有权的问题', '他不同意义的解读']) {
      expect(seeds.filter((seed) => change(text, seed) !== text)).toEqual([]);
    }
    // 研究|生活 from the right, 研究生|活 from the left: nothing is certain.
    const find = createWordFinder(new Set(['研究', '研究生', '生活', '美丽']));
    expect(find('研究生活美丽').map(({ start, end }) => [start, end])).toEqual([[4, 6]]);
  });

  it('types homophones from the common characters, one in twenty', async () => {
    const change = await changeBy('pinyin_typos');
    const { pinyin } = await import('pinyin-pro');
    const text = '我想买一部新手机送给父亲';
    const pairs = seeds.flatMap((seed) => [...change(text, seed)].map((after, i) => [text[i]!, after] as const));
    const wrong = pairs.filter(([before, after]) => before !== after);
    expect(wrong.length / pairs.length).toBeGreaterThan(0.04);
    expect(wrong.length / pairs.length).toBeLessThan(0.06);
    const soundOf = (character: string) => pinyin(character, { toneType: 'none' });
    for (const [before, after] of wrong) expect(soundOf(after), after).toBe(soundOf(before));
  });

  it('swaps the width of letters, digits and punctuation and back again', async () => {
    const change = await changeBy('full_width');
    expect(change('有3个苹果，x和y?')).toBe('有３个苹果,ｘ和ｙ？');
    expect(change(change('有3个苹果，x和y?'))).toBe('有3个苹果，x和y?');
  });

  it('writes traditional characters word by word, and simplified ones', async () => {
    expect((await changeBy('traditional'))('头发和发现，皇后在后面')).toBe('頭髮和發現，皇后在後面');
    expect((await changeBy('simplified'))('頭髮和發現')).toBe('头发和发现');
  });
});

test('the language of a text is told by its characters', () => {
  expect(languageOfText('Where does Vic Snow live?')).toBe('en');
  expect(languageOfText('“错”的反义词是什么？')).toBe('zh');
  expect(languageOfText('请用 Python 写一个函数 quicksort 对列表排序')).toBe('zh');
  expect(languageOfText('Translate the word 苹果 into English, please')).toBe('en');
  expect(languageOfText('12 + 7 = ?')).toBeNull();
  expect(languageOfText('これは日本語の文です')).toBeNull();
});

describe('protected spans', () => {
  const spans = [
    'https://example.com/A?b=Their',
    'me@Example.org',
    '1,234.50',
    '$18',
    '3/4',
    '`DoNotTouch And I am`',
    'snake_Case_Name',
    'print(',
    '$x_1 + Y^2$',
    '\\frac{Ab}{Cd}',
    '(B)',
    '“错误”',
    '#idiom#',
    '<mask>',
  ];
  const words = [
    'There',
    'is not',
    'I am',
    'receive',
    'because',
    '因为',
    '美丽的河流',
    'Their',
    'school',
    '现在',
    '。',
    ', ',
  ];
  const piece = fc.oneof(fc.constantFrom(...spans), fc.constantFrom(...words));
  const question = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => pieces.join(' '));

  it.each([...ENGLISH, ...CHINESE])('%s keeps them, and gives the same for the same seed', async (name) => {
    const change = await changeBy(name);
    const altered = name === 'full_width' ? (['number'] as const) : [];
    fc.assert(
      fc.property(question, fc.string(), (text, seed) => {
        const changed = change(text, seed);
        expect(change(text, seed)).toBe(changed);
        let from = 0;
        for (const span of protectedSpans(text, altered)) {
          const at = changed.indexOf(span, from);
          expect(at, `${JSON.stringify(span)} in ${JSON.stringify(changed)}`).toBeGreaterThanOrEqual(from);
          from = at + span.length;
        }
      }),
      { numRuns: 150 },
    );
  });

  it('finds each kind, and takes two prices for no formula', () => {
    for (const span of spans) expect(protectedSpans(`so ${span} it`), span).toContainEqual(span);
    expect(protectedSpans('She makes $18 a day and pays $2')).toEqual(['$18', '$2']);
  });

  it('are found quickly in texts of nothing but openings', () => {
    const started = performance.now();
    for (const opening of ['$$ ', '\\( ', '\\[ ', '\\begin{a} ', 'a.', '“', '<a ', '`', '$x ', '#', 'a_', '1.a']) {
      protectedSpans(opening.repeat(30_000));
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  it('leaves code, formulas, option lines and letters as they are', async () => {
    const change = await changeBy('mild_mix');
    const code = 'Fix This:\n    return X  +  Y\n```py\nDo Not\n```\n>>> Foo(A)';
    const fixed = change(code);
    expect(fixed).toContain('\n    return');
    expect(fixed).toContain('```py\nDo Not\n```\n>>> Foo(A)');
    expect(change('Which is Right, A or B? A man came.')).toMatch(/^which +is +right, +A +or +B\? +A +man +came\.$/);
    expect(change('A Man came')).toMatch(/^a +man +came$/);
    const options = 'Which One?\nOptions:\n- Yes, Their\n- No\n(A) Because They';
    expect(change(options)).toMatch(/^which +one\?\nOptions:\n- Yes, Their\n- No\n\(A\) Because They$/);
  });
});

describe('the catalogue', () => {
  it('has enough words, and none is its own synonym', () => {
    expect(MISSPELLINGS.size).toBeGreaterThanOrEqual(300);
    expect(SYNONYMS.size).toBeGreaterThanOrEqual(800);
    expect(GUARD_WORDS.size).toBeGreaterThan(300);
    for (const [word, others] of [...MISSPELLINGS, ...SYNONYMS]) {
      expect(others, word).not.toContain(word);
      expect(others.length, word).toBeGreaterThan(0);
      expect(new Set(others).size, word).toBe(others.length);
    }
  });

  it('is listed in the help of `libra evaluate`', () => {
    const help = registerEvaluateHelp();
    for (const { name } of PERTURBATIONS) expect(help, name).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it('says no to a name that is none', () => {
    expect(() => findPerturbations(['mild_mixx'])).toThrow(
      expect.objectContaining({ code: 'LIBRA_CONFIG_INVALID', hint: "Did you mean 'mild_mix'?" }),
    );
  });

  /** Texts as they come out now. When one of these changes on purpose, raise the perturbation's `revision`, so that series break there. */
  it('changes texts as its revisions say', async () => {
    const texts = [
      'It is not known whether the government will receive the money because they are independent of their members. I have seen it.',
      "Don't believe that you're the only person who can't definitely separate 12 apples; Their knowledge doesn't matter.",
      '现在因为天气炎热，孩子们经常在河流里游泳，老师觉得非常危险，所以立刻告诉了家长。他的父亲是医生，ABC123？',
      '他終於發現了問題的原因，但是沒有辦法立即解決。',
    ];
    const rows = await Promise.all(
      PERTURBATIONS.filter(({ kind }) => kind === 'text').map(async ({ name, revision }) => {
        const change = await changeBy(name);
        const changed = texts.flatMap((text) => seeds.slice(0, 50).map((seed) => change(text, seed)));
        return `${name} ${revision} ${sha256(JSON.stringify(changed)).slice(0, 12)}`;
      }),
    );
    expect(rows).toMatchInlineSnapshot(`
      [
        "lower_case 1 47fd748d72f2",
        "contractions 1 ddf12208527c",
        "contract 1 36c2c0fdfde5",
        "misspellings 1 00a7b9784129",
        "typos 1 af1ee9e1bbdb",
        "extra_spaces 1 a77f1b020be7",
        "synonyms 1 f18a4e489d3e",
        "pinyin_typos 1 a4f4de1290bf",
        "full_width 1 60c442551aa7",
        "traditional 1 b7788ab7a327",
        "simplified 1 e264ce522762",
      ]
    `);
  });
});

/** Languages as they are named in data mixes and tasks, and how to call them. */

const NAMES: Readonly<Record<string, { readonly en: string; readonly zh: string }>> = {
  zh: { en: 'Chinese', zh: '中文' },
  en: { en: 'English', zh: '英文' },
  ja: { en: 'Japanese', zh: '日文' },
  ko: { en: 'Korean', zh: '韩文' },
  fr: { en: 'French', zh: '法文' },
  de: { en: 'German', zh: '德文' },
  es: { en: 'Spanish', zh: '西班牙文' },
  ru: { en: 'Russian', zh: '俄文' },
  ar: { en: 'Arabic', zh: '阿拉伯文' },
  code: { en: 'code', zh: '代码' },
  math: { en: 'mathematics', zh: '数学' },
};

const ALIASES: Readonly<Record<string, string>> = {
  cn: 'zh',
  chinese: 'zh',
  zho: 'zh',
  chi: 'zh',
  cmn: 'zh',
  中文: 'zh',
  汉语: 'zh',
  english: 'en',
  eng: 'en',
  英文: 'en',
  英语: 'en',
  japanese: 'ja',
  korean: 'ko',
  french: 'fr',
  german: 'de',
  spanish: 'es',
  russian: 'ru',
  arabic: 'ar',
  maths: 'math',
  github: 'code',
};

/** `zh`, `zh_web`, `web-zh`, `Chinese`, `zh-CN` -> `zh`; null where the words name no language (or two). */
export function normaliseLanguage(name: string): string | null {
  const words = name
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter(Boolean);
  const found = new Set(
    words.map((word) => (word in NAMES ? word : ALIASES[word])).filter((each) => each !== undefined),
  );
  // A locale repeats its country: zh-cn is one language.
  return found.size === 1 ? [...found][0]! : null;
}

export function nameOfLanguage(language: string): { readonly en: string; readonly zh: string } {
  return NAMES[language] ?? { en: language, zh: language };
}

/** Language of a task by its name, else by the script of some of its docs; undefined when neither says. */
export function guessLanguage(task: string, docTexts: readonly string[] = []): string | undefined {
  const named = normaliseLanguage(task);
  if (named) return named;
  const text = docTexts.join(' ');
  const count = (script: RegExp) => text.match(script)?.length ?? 0;
  const kana = count(/[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = count(/\p{Script=Han}/gu);
  const hangul = count(/\p{Script=Hangul}/gu);
  const latin = count(/\p{Script=Latin}/gu);
  const total = kana + han + hangul + latin;
  if (total < 20) return undefined;
  if (kana > 0.1 * total) return 'ja';
  if (hangul > 0.3 * total) return 'ko';
  // One Han character says about as much as two or three Latin letters.
  if (han * 2.5 > latin) return 'zh';
  return latin > 0.8 * total ? 'en' : undefined;
}

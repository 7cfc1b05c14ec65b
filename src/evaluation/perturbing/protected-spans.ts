/** What a perturbation never touches, because changing it would change the question: addresses, numbers, code, formulas, option letters. */

/** Kinds of protected spans; all are kept unless a perturbation says it alters one. */
export type SpanKind = 'address' | 'code' | 'formula' | 'number' | 'option' | 'quoted';

/** Inside of a formula; as long as formulas get, so that a text of nothing but openings is read quickly too. */
const WITHIN = '[\\s\\S]{0,2000}?';

const SPANS: Readonly<Record<SpanKind, readonly string[]>> = {
  code: [
    '```[\\s\\S]*?(?:```|(?![\\s\\S]))',
    '`[^`\\n]+`',
    // Indentation, and lines that only a program has.
    '^[ \\t]+',
    '^(?:>>>|\\.\\.\\. |#include|@\\w|(?:def|class|import|from|return|elif|else|if|for|while|try|except|with|print)\\b[^\\n]*[:)\\]]$)[^\\n]*',
    '\\b\\w+_\\w*',
    '\\b[a-z]+[A-Z]\\w*',
    '\\b[A-Za-z]\\w{0,60}(?:\\.\\w{1,60}){0,6}\\(\\)?',
    '<[A-Za-z/!][^<>\\n]*>',
    // Places to be filled in, as #idiom# and <mask>.
    '#\\w+#',
    '\\[[A-Z]+\\]',
  ],
  address: [
    '\\b(?:https?|ftp|file)://[^\\s<>"\u3000-\u303f\uff00-\uffef\u4e00-\u9fff]+',
    '\\bwww\\.\\S+',
    '\\b[\\w.+-]{1,64}@[\\w-]+\\.[\\w.-]+',
  ],
  // Between dollars as Pandoc reads it, so that two prices are no formula.
  formula: [
    `\\$\\$${WITHIN}\\$\\$`,
    '\\$(?![\\s$])(?:[^$\\n\\\\]|\\\\.)*?(?<![\\s\\\\])\\$(?!\\d)',
    `\\\\\\(${WITHIN}\\\\\\)`,
    `\\\\\\[${WITHIN}\\\\\\]`,
    `\\\\begin\\{\\w{1,40}\\*?\\}${WITHIN}\\\\end\\{\\w{1,40}\\*?\\}`,
    '\\\\[A-Za-z]+(?:\\{[^{}]*\\})*',
  ],
  number: ['[$€£¥]?\\d[\\d.,:/%^×*+=–-]*[A-Za-z]*'],
  option: [
    // A line that is an option, and a list of them.
    '^\\(?[A-J][.):：、．）](?!\\w\\.)[^\\n]*',
    '^(?:[Oo]ptions|[Cc]hoices|选项)[:：] *(?:\\n[-*•][^\\n]*)+',
    '\\([A-Ja-j]\\)',
    '(?<![\\w.])[A-J](?=[.):：、．）](?!\\w\\.))',
    '(?<=\\b(?:[Oo]ption|[Cc]hoice|[Aa]nswer)s? )[A-J]\\b',
    '(?<=(?:选项|答案|选择|选)\\s?)[A-J](?![A-Za-z])',
  ],
  quoted: [
    '“[^“”\\n]{1,12}”',
    '‘[^‘’\\n]{1,12}’',
    '「[^「」\\n]{1,12}」',
    '『[^『』\\n]{1,12}』',
    '《[^《》\\n]{1,30}》',
  ],
};

/** Single letters that name things ("Is B taller than C?"); `A` and `I` are words, so `A` counts only beside a `B`. */
const NAMED = "(?<![\\w.'’])[B-HJ-Z](?![\\w'’])";
const NAMED_WITH_A = "(?<![\\w.'’])[A-HJ-Z](?![\\w'’])";
const HAS_B = /(?<![\w.'’])B(?![\w'’])/;

const compiled = new Map<string, RegExp>();

function patternOf(altered: readonly SpanKind[], names: string): RegExp {
  const key = `${altered.join()} ${names}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const kept = (Object.keys(SPANS) as SpanKind[]).filter((kind) => !altered.includes(kind));
  const pattern = new RegExp([...kept.flatMap((kind) => SPANS[kind]), names].join('|'), 'gm');
  compiled.set(key, pattern);
  return pattern;
}

/**
 * Changes what lies between protected spans, from left to right; the spans stay as they are.
 * @param altered kinds that are not protected this time
 */
export function changeOpenText(
  text: string,
  change: (open: string) => string,
  altered: readonly SpanKind[] = [],
): string {
  const pattern = patternOf(altered, HAS_B.test(text) ? NAMED_WITH_A : NAMED);
  let out = '';
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) out += change(text.slice(from, match.index));
    out += match[0];
    from = match.index + match[0].length;
  }
  return from < text.length ? out + change(text.slice(from)) : out;
}

/** The protected spans of a text, in order. */
export function protectedSpans(text: string, altered: readonly SpanKind[] = []): string[] {
  const pattern = patternOf(altered, HAS_B.test(text) ? NAMED_WITH_A : NAMED);
  return [...text.matchAll(pattern)].map(([span]) => span);
}

/** Numbers in the words of messages: short, with a unit, the same everywhere. */

/** `12,000`. */
export function sayStep(step: number): string {
  return step.toLocaleString('en-US');
}

/** `36 %`. */
export function sayPercent(share: number): string {
  const percent = 100 * share;
  return `${Number.isInteger(percent) || percent >= 10 ? Math.round(percent) : percent.toFixed(1)} %`;
}

/** Three significant digits: `0.0003`, `2.41`, `3.1e-7`; `?` when unknown. */
export function sayNumber(value: number | null): string {
  if (value === null) return '?';
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1).replace(/\.0e/, 'e').replace('e+', 'e');
  return String(Number(value.toPrecision(3)));
}

/** `en 50 %, zh 36 %`, the largest share first. */
export function sayMix(mix: Readonly<Record<string, number>>): string {
  return Object.entries(mix)
    .sort((a, b) => b[1] - a[1])
    .map(([part, share]) => `${part} ${sayPercent(share)}`)
    .join(', ');
}

/** A score: `62.1 %` for proportions, else three digits with the metric's name. */
export function sayScore(value: number, metric: string): string {
  return isProportion(metric) ? `${(100 * value).toFixed(1)} %` : `${Number(value.toPrecision(3))}`;
}

/** `-9.1 points` or `+0.13`. */
export function sayChange(difference: number, metric: string, points: string): string {
  const sign = difference < 0 ? '-' : '+';
  const size = Math.abs(difference);
  return isProportion(metric) ? `${sign}${(100 * size).toFixed(1)}${points}` : `${sign}${Number(size.toPrecision(2))}`;
}

export function sayRange([low, high]: readonly [number, number], metric: string): string {
  const say = (value: number) =>
    isProportion(metric) ? (100 * value).toFixed(1) : String(Number(value.toPrecision(2)));
  return `[${say(low)}, ${say(high)}]`;
}

const OTHER_UNITS = new Set(['bits_per_byte', 'byte_perplexity', 'word_perplexity', 'perplexity', 'loss']);

/** Scores and accuracies are proportions; bits and perplexities are not. */
export function isProportion(metric: string): boolean {
  return !OTHER_UNITS.has(metric);
}

/** `820 million`, `1.2 billion`: tokens, in words everybody reads alike; under a million in full. */
export function sayTokens(tokens: number, language: 'en' | 'zh' = 'en'): string {
  const units: readonly (readonly [number, string])[] =
    language === 'zh'
      ? [
          [1e8, ' 亿'],
          [1e4, ' 万'],
        ]
      : [
          [1e9, ' billion'],
          [1e6, ' million'],
        ];
  const [size, name] = units.find(([least]) => tokens >= least) ?? [1, ''];
  return size === 1 ? tokens.toLocaleString('en-US') : `${Number((tokens / size).toPrecision(2))}${name}`;
}

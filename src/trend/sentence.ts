/** Numbers as people read them: proportions as points and per cent, everything else with three significant digits. */
import type { MetricNoise } from './metric-noise.ts';

type Kind = MetricNoise['kind'];

/** `62.1 %` or `1.21`. */
export function sayValue(value: number, kind: Kind): string {
  return kind === 'proportion' ? `${(100 * value).toFixed(1)} %` : value.toPrecision(3);
}

/** `-9.1 points` or `+0.13`, signed. */
export function sayDifference(difference: number, kind: Kind, language: 'en' | 'zh' = 'en'): string {
  const points = language === 'en' ? 'points' : '个百分点';
  const sign = difference < 0 ? '-' : '+';
  const size = Math.abs(difference);
  return kind === 'proportion' ? `${sign}${(100 * size).toFixed(1)} ${points}` : `${sign}${size.toPrecision(2)}`;
}

/** `[-11.0, -7.2]` in the unit of the difference. */
export function sayInterval([low, high]: readonly [number, number], kind: Kind): string {
  const say = (value: number) => (kind === 'proportion' ? (100 * value).toFixed(1) : value.toPrecision(2));
  return `[${say(low)}, ${say(high)}]`;
}

/** `12,000`. */
export function sayStep(step: number): string {
  return step.toLocaleString('en-US');
}

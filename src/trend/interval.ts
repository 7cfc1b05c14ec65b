/** 95 % intervals shown to people: Wilson for proportions, Student's t for means. */
import { studentQuantile, Z95 } from './distributions.ts';

export type Interval = readonly [low: number, high: number];

/** Wilson score interval of a proportion (Wilson 1927): p and the number of docs it is taken over. */
export function wilsonInterval(p: number, n: number): Interval {
  if (n <= 0) return [Number.NaN, Number.NaN];
  const z2 = Z95 * Z95;
  const centre = (p + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z95 * Math.sqrt((p * (1 - p)) / n + z2 / (4 * n * n))) / (1 + z2 / n);
  return [Math.min(p, Math.max(0, centre - half)), Math.max(p, Math.min(1, centre + half))];
}

/** Mean with its standard error over `n` independent values (Student 1908). */
export function meanInterval(mean: number, stderr: number, n: number): Interval {
  if (n < 2 || !Number.isFinite(stderr)) return [Number.NaN, Number.NaN];
  const half = studentQuantile(Z95, n - 1) * stderr;
  return [mean - half, mean + half];
}

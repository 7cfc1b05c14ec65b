/** The 95 % interval to show beside a stored score. */
import { type Interval, meanInterval, wilsonInterval } from '../trend/interval.ts';

/**
 * Wilson for a proportion of right answers, Student's t for any other mean. Outcomes within [0, 1] were all 0 or 1 exactly when their
 * sample variance is p(1-p)n/(n-1), that is when stderr^2 (n-1) = p(1-p); so the stored score itself tells which it is.
 */
export function scoreInterval(value: number, stderr: number, n: number): Interval {
  const spread = value * (1 - value);
  const isProportion =
    value >= 0 && value <= 1 && Math.abs(stderr ** 2 * (n - 1) - spread) <= 1e-6 * Math.max(spread, 1e-3);
  return isProportion ? wilsonInterval(value, n) : meanInterval(value, stderr, n);
}

/** Quantiles and means of measured figures with their standard errors. Pure. */

/** Linear between neighbours (type 7 of Hyndman & Fan 1996, numpy's default); NaN of nothing. @param sorted ascending */
export function quantile(sorted: readonly number[], share: number): number {
  const n = sorted.length;
  if (n === 0) return Number.NaN;
  const at = share * (n - 1);
  const below = Math.floor(at);
  const above = Math.min(n - 1, below + 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/**
 * Half the distance between the quantiles one binomial standard deviation below and above (Woodruff 1952): needs no idea of the
 * distribution. NaN for fewer than two values. @param sorted ascending
 */
export function quantileStderr(sorted: readonly number[], share: number): number {
  const n = sorted.length;
  if (n < 2) return Number.NaN;
  const spread = Math.sqrt((share * (1 - share)) / n);
  const low = quantile(sorted, Math.max(0, share - spread));
  const high = quantile(sorted, Math.min(1, share + spread));
  return (high - low) / 2;
}

/** Sample standard deviation over sqrt(n); NaN for fewer than two values. */
export function stderrOfMean(values: readonly number[]): number {
  const n = values.length;
  if (n < 2) return Number.NaN;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (n - 1) / n);
}

/** Mean of values and its variance when docs of a cluster move together, as the panels of verdicts have it. */
import { stratify } from '../../src/trend/strata.ts';

export function clusteredMean(values: readonly number[], clusters: readonly number[]) {
  const { means, covariance } = stratify([Float64Array.from(values)], values.length, clusters)[0]!;
  return { mean: means[0]!, variance: covariance[0]! };
}

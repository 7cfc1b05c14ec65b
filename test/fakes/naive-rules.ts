/** The rules teams script themselves, for comparison: each says whether the newest checkpoint of a series looks worse. */
import { Z95 } from '../../src/trend/distributions.ts';

export interface NaiveRule {
  readonly name: string;
  /** @param history outcomes of one capability, ascending checkpoints, the newest last */
  readonly isWorse: (history: readonly Float32Array[]) => boolean;
}

export const NAIVE_RULES: readonly NaiveRule[] = [
  {
    name: '2 points below the previous',
    isWorse: (history) => mean(history.at(-1)!) < mean(history.at(-2)!) - 0.02,
  },
  {
    // McNemar 1947, without continuity correction.
    name: 'McNemar 5 % against the previous',
    isWorse: (history) => {
      const [before, now] = history.slice(-2) as [Float32Array, Float32Array];
      let [lost, won] = [0, 0];
      for (let i = 0; i < now.length; i++) {
        if (before[i]! > now[i]!) lost++;
        else if (before[i]! < now[i]!) won++;
      }
      return (lost - won) / Math.sqrt(Math.max(1, lost + won)) > Z95;
    },
  },
  {
    name: 'below the best so far, outside its 95 %',
    isWorse: (history) => {
      const best = Math.max(...history.slice(0, -1).map(mean));
      return mean(history.at(-1)!) < best - Z95 * Math.sqrt((best * (1 - best)) / history[0]!.length);
    },
  },
];

function mean(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

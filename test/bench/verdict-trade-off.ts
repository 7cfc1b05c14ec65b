/** What a lower threshold for a single checkpoint would buy, and cost: the curve on which the default was chosen. */
import { THRESHOLDS } from '../../src/trend/scan.ts';
import { falseAlerts, foundWithin, poissonInterval } from './verdicts.ts';

const SINGLE = [4.5, 5, 5.5, THRESHOLDS.single, 6.5];
/** Jitter with freaks now and then, as real runs have. */
const WORLD = { jitterDf: 5, docs: 1500 };
const LOSS = 0.05;
const ONSET = 20;

export function benchTradeOff(worlds = 40): { readonly what: string; readonly value: string }[] {
  return SINGLE.map((single) => {
    const options = { thresholds: { ...THRESHOLDS, single } };
    const { alerts, checkpoints } = falseAlerts(WORLD, worlds, 1, options);
    const [low, high] = poissonInterval(alerts).map((count) => ((1000 * count) / checkpoints).toFixed(1));
    const drop = (c: number, t: number) => (c === 15 && t >= ONSET ? LOSS : 0);
    const [first, second, third] = foundWithin(WORLD, drop, worlds, 1, ONSET, null, options);
    const percent = (share: number | undefined) => `${Math.round(100 * (share ?? 0))} %`;
    const chosen = single === THRESHOLDS.single ? ' (the default)' : '';
    return {
      what: `one checkpoint counts from z ${single}${chosen}`,
      value: `false alerts ${((1000 * alerts) / checkpoints).toFixed(1)} [${low}, ${high}] per 1,000; 5 points found at once ${percent(first)}, by the 2nd ${percent(second)}, by the 3rd ${percent(third)}`,
    };
  });
}

/**
 * Bits the model needs per UTF-8 byte of the right choice, from the scoring that happened anyway. It moves long before accuracy
 * leaves chance.
 */

import { byteLengthOf } from '../../python/python-text.ts';
import { goldChoices, logprobsOf } from '../choose.ts';
import type { Metric } from '../metric.ts';

export const goldBitsPerByte: Metric = {
  id: 'gold_bits_per_byte',
  outputTypes: ['multiple_choice'],
  higherIsBetter: false,
  unit: 'bits',
  probe: 'probe.lm.gold',
  aggregation: 'bits_per_byte',
  options: [],
  score: (doc) => {
    const gold = goldChoices(doc)[0];
    const weight = gold === undefined ? 0 : byteLengthOf(doc.choices[gold] ?? '');
    if (gold === undefined || weight === 0) return { value: Number.NaN };
    return { value: -logprobsOf(doc)[gold]! / Math.LN2 / weight, parts: { weight } };
  },
};

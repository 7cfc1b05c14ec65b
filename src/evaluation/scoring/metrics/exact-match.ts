/**
 * Exact match of the answer with the target (any of several), after what the options take away.
 * For a choice task: every token of the right choice was the arg-max.
 */

import { compilePythonRegex, substitute } from '../../python/python-regex.ts';
import { goldChoices } from '../choose.ts';
import type { Metric, MetricOptions } from '../metric.ts';
import { targetsOf } from '../targets.ts';

export const exactMatch: Metric = {
  id: 'exact_match',
  outputTypes: ['generate_until', 'multiple_choice'],
  higherIsBetter: true,
  unit: 'proportion',
  aggregation: 'mean',
  options: ['regexes_to_ignore', 'ignore_case', 'ignore_punctuation', 'ignore_numbers'],
  check: (options) => void patternsOf(options),
  score: (doc, options) => {
    if (doc.answer.kind === 'choice') {
      const { isGreedy } = doc.answer;
      return { value: Number(goldChoices(doc).some((place) => isGreedy.at(place))) };
    }
    const targets = targetsOf(doc.gold, doc.hasManyTargets);
    const simple = targets.map((target) => simplify(target, options));
    const right = doc.texts.filter((text) => simple.includes(simplify(text, options)));
    // The harness compares all answers that the filters leave with the one target, and takes the mean; any right one of several targets is enough.
    const isAnyEnough = doc.hasManyTargets && right.length > 0;
    return { value: isAnyEnough ? 1 : right.length / Math.max(1, doc.texts.length) };
  },
};

const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** Regular expressions first, then case, punctuation (ASCII), digits (ASCII). */
function simplify(text: string, options: MetricOptions): string {
  let simple = patternsOf(options).reduce((rest, pattern) => substitute(pattern, '', rest), text);
  if (options.ignore_case === true) simple = simple.toLowerCase();
  if (options.ignore_punctuation === true) simple = simple.replace(ASCII_PUNCTUATION, '');
  return options.ignore_numbers === true ? simple.replace(/[0-9]/g, '') : simple;
}

const COMPILED = new Map<string, RegExp>();

function patternsOf(options: MetricOptions): RegExp[] {
  return [options.regexes_to_ignore ?? []].flat().map((source) => {
    const pattern = COMPILED.get(String(source)) ?? compilePythonRegex(String(source));
    COMPILED.set(String(source), pattern);
    return pattern;
  });
}

/**
 * Share of an answer's letters in a script that neither the right answer is written in nor, where that has no letters, the question.
 * An answer without letters has none of another script.
 */

import { pythonStr } from '../../python/python-value.ts';
import type { AnsweredDoc, Metric } from '../metric.ts';
import { lettersByScript, scriptsOf } from '../text-units.ts';

export const otherScript: Metric = {
  id: 'degeneration.script',
  outputTypes: ['generate_until'],
  higherIsBetter: false,
  unit: 'proportion',
  probe: 'probe.degeneration.script',
  aggregation: 'mean',
  options: [],
  score: (doc) => {
    if (doc.answer.kind !== 'text') return { value: Number.NaN };
    const wanted = wantedScripts(doc);
    const letters = lettersByScript(doc.answer.text);
    const all = sum(letters.values());
    if (all === 0 || wanted.size === 0) return { value: 0 };
    return { value: sum([...letters].map(([script, count]) => (wanted.has(script) ? 0 : count))) / all };
  },
};

function wantedScripts({ gold, question }: AnsweredDoc): Set<string> {
  const ofGold = scriptsOf([gold].flat().map(pythonStr).join(' '));
  return ofGold.size > 0 ? ofGold : scriptsOf(question?.() ?? '');
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}

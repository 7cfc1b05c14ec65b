/** English words -> their contractions and back, in the case they are written in. */
import { matchCase } from './match-case.ts';
import { CONTRACTIONS, EXPANSIONS } from './word-lists/contractions.ts';

/** Only before another word: "Yes, it is." is never contracted. Of two that begin alike the longer wins. */
const WRITTEN_OUT = new RegExp(
  `(?<![\\w'’])(?:${[...CONTRACTIONS.keys()].sort((a, b) => b.length - a.length).join('|')})(?= \\w)`,
  'gi',
);
const SHORT = new RegExp(`(?<![\\w'])(?:${[...EXPANSIONS.keys()].join('|')})(?!\\w)`, 'gi');

export function contractWords(text: string): string {
  return text.replace(WRITTEN_OUT, (found) =>
    withCapitalI(matchCase(CONTRACTIONS.get(found.toLowerCase())!, found), found),
  );
}

export function expandWords(text: string): string {
  return text
    .replaceAll('’', "'")
    .replace(SHORT, (found) => withCapitalI(matchCase(EXPANSIONS.get(found.toLowerCase())!, found), found));
}

/** "I am" is neither all capitals nor the beginning of a sentence. */
function withCapitalI(changed: string, model: string): string {
  return /^I['’ ]/.test(model) ? `I${changed.slice(1).toLowerCase()}` : changed;
}

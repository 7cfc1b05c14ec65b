import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CORPUS_BLEU, countForBleu, sentenceBleu } from '../../../src/evaluation/scoring/text-metrics/bleu.ts';
import { CHRF, CHRF_PLUS_PLUS } from '../../../src/evaluation/scoring/text-metrics/chrf.ts';
import {
  type CorpusScore,
  corpusScore,
  corpusStderr,
  docValueOf,
} from '../../../src/evaluation/scoring/text-metrics/corpus-statistics.ts';
import { ROUGE_TYPES, rougeOf } from '../../../src/evaluation/scoring/text-metrics/rouge.ts';
import { CORPUS_TER, countForTer } from '../../../src/evaluation/scoring/text-metrics/ter.ts';

/** What sacrebleu and rouge_score say about the same texts (see record.py). */
interface Doc {
  readonly answer: string;
  readonly references: readonly string[];
  readonly scores: Readonly<Record<string, number>>;
}
const { docs, corpora } = JSON.parse(readFileSync(new URL('./recorded/scores.json', import.meta.url), 'utf8')) as {
  readonly docs: readonly Doc[];
  readonly corpora: Readonly<
    Record<string, { readonly docs: readonly number[]; readonly scores: Readonly<Record<string, number>> }>
  >;
};

const countings: Readonly<Record<string, readonly [CorpusScore, (doc: Doc) => number[]]>> = {
  ...Object.fromEntries(
    ['13a', 'zh', 'intl', 'char', 'none'].map((tokenizer) => [
      `bleu.${tokenizer}`,
      [CORPUS_BLEU, (doc: Doc) => countForBleu(doc.answer, doc.references, tokenizer)],
    ]),
  ),
  chrf: [CHRF, (doc) => CHRF.count(doc.answer, doc.references)],
  'chrf++': [CHRF_PLUS_PLUS, (doc) => CHRF_PLUS_PLUS.count(doc.answer, doc.references)],
  ter: [CORPUS_TER, (doc) => countForTer(doc.answer, doc.references)],
};

test.each(Object.keys(countings))('%s of a corpus is sacrebleu’s', (name) => {
  const [score, count] = countings[name]!;
  for (const [corpus, { docs: places, scores }] of Object.entries(corpora)) {
    const values = places.map((place) => docValueOf(score, 0, count(docs[place]!)));
    expect(corpusScore(score, values), `${corpus} ${name}`).toBeCloseTo(scores[name]!, 9);
  }
});

test('each doc’s own BLEU, chrF, chrF++, TER and ROUGE are theirs', () => {
  for (const [place, doc] of docs.entries()) {
    const ours = {
      'bleu.13a': sentenceBleu(countForBleu(doc.answer, doc.references, '13a')),
      chrf: CHRF.scoreOf(CHRF.count(doc.answer, doc.references)),
      'chrf++': CHRF_PLUS_PLUS.scoreOf(CHRF_PLUS_PLUS.count(doc.answer, doc.references)),
      ter: CORPUS_TER.scoreOf(countForTer(doc.answer, doc.references)),
      ...Object.fromEntries(ROUGE_TYPES.map((type) => [type, rougeOf(type, doc.answer, doc.references)])),
    };
    for (const [name, value] of Object.entries(doc.scores))
      expect(ours[name as keyof typeof ours], `doc ${place} ${name}: ${doc.answer}`).toBeCloseTo(value, 9);
  }
  expect(docs.length).toBeGreaterThan(140);
});

test('the jackknife leaves each doc out once', () => {
  const values = docs.slice(0, 20).map((doc) => docValueOf(CHRF, 0, CHRF.count(doc.answer, doc.references)));
  const without = values.map((_, i) =>
    corpusScore(
      CHRF,
      values.filter((_, j) => j !== i),
    ),
  );
  const mean = without.reduce((sum, one) => sum + one, 0) / 20;
  const expected = Math.sqrt((19 / 20) * without.reduce((sum, one) => sum + (one - mean) ** 2, 0));
  expect(corpusStderr(CHRF, values)).toBeCloseTo(expected, 9);
  expect(corpusStderr(CHRF, values.slice(0, 1))).toBeNaN();
});

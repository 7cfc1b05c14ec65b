/** Cuts a text where a reader would: after a sentence, else between words, never inside a character. */

/** The share of the room that may stay empty for the sake of a good place to cut. */
const WASTE = 0.4;

/** The text if it has at most `limit` UTF-16 units, else a beginning of it that ends in `…`; empty when not even one character fits. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const kept = beginningOf(text, limit - 1);
  const sentence = Math.max(...[...kept.matchAll(/[。！？；]|[.!?;](?=\s)/gu)].map((match) => match.index + 1), 0);
  const word = Math.max(...[...kept.matchAll(/[\s，、]/gu)].map((match) => match.index), 0);
  const least = kept.length * (1 - WASTE);
  const end = [sentence, word].find((place) => place >= least) ?? kept.length;
  const beginning = kept.slice(0, end).trimEnd();
  return beginning === '' ? '' : `${beginning}…`;
}

function beginningOf(text: string, limit: number): string {
  let end = 0;
  for (const { segment, index } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
    if (index + segment.length > limit) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

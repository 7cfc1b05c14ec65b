/** The special tokens a tokenizer puts around one text. */
import { listIn, type Part, partOf, textIn, unknownKind } from './spec.ts';

export type PostProcess = (ids: readonly number[]) => number[];

/** @throws TypeError for a kind or setting that has no exact meaning here */
export function postProcessorOf(value: unknown): PostProcess {
  if (value === null || value === undefined) return (ids) => [...ids];
  const part = partOf(value, 'post_processor');
  switch (part.type) {
    case 'Sequence': {
      const steps = listIn(part, 'processors').map(postProcessorOf);
      return (ids) => steps.reduce((before, step) => step(before), [...ids]);
    }
    // Only about where in the text a token lies.
    case 'ByteLevel':
      return (ids) => [...ids];
    case 'BertProcessing':
    case 'RobertaProcessing': {
      const [first, last] = [idOfPair(part.cls), idOfPair(part.sep)];
      return (ids) => [first, ...ids, last];
    }
    case 'TemplateProcessing':
      return template(part);
    default:
      throw unknownKind('post_processor', part);
  }
}

function template(part: Part): PostProcess {
  const known = partOf(part.special_tokens, 'special_tokens');
  const pieces = listIn(part, 'single').map((value) => {
    const piece = partOf(value, 'a piece of the template');
    if (piece.Sequence !== undefined) return null;
    const name = textIn(partOf(piece.SpecialToken, 'a piece of the template'), 'id');
    return listIn(partOf(known[name], `special token ${name} of the template`), 'ids') as readonly number[];
  });
  return (ids) => pieces.flatMap((special) => special ?? ids);
}

function idOfPair(pair: unknown): number {
  const id = Array.isArray(pair) ? pair[1] : undefined;
  if (typeof id !== 'number') throw new TypeError('the post_processor has no id for a special token');
  return id;
}

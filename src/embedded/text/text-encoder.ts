/** tokenizer.json put together: added tokens, normaliser, pre-tokeniser, model, post-processor, decoder; as the Rust library runs them. */
import { recordOf } from '../graph/model-config.ts';
import { addedTokenFinder, readAddedTokens, type Stretch } from './added-tokens.ts';
import { decoderOf } from './decoder.ts';
import { bpeModel } from './models/bpe.ts';
import type { Model } from './models/model.ts';
import { unigramModel } from './models/unigram.ts';
import { wordLevelModel, wordPieceModel } from './models/whole-words.ts';
import { WordCache } from './models/word-cache.ts';
import { normaliserOf } from './normaliser.ts';
import { postProcessorOf } from './post-processor.ts';
import { preTokeniserOf } from './pre-tokeniser.ts';
import { type Part, partOf, unknownKind } from './spec.ts';

export interface TextEncoder {
  /** @throws RangeError when the text has a character the model has no token for, not even an unknown one */
  encode(text: string): number[];
  addSpecialTokens(ids: readonly number[]): number[];
  /** Ids without a token are left out. */
  decode(ids: readonly number[], skipSpecialTokens: boolean): string;
  idOf(token: string): number | undefined;
  readonly modelType: string;
  /** The text of tokens is the text of each, put together, once characters are whole. */
  readonly isConcatenative: boolean;
}

/** @throws TypeError naming the part that is broken or of an unknown kind */
export function textEncoder(json: Part): TextEncoder {
  const { type, ...model } = modelOf(partOf(json.model, 'model'));
  const normalise = normaliserOf(json.normalizer);
  const preTokeniser = preTokeniserOf(json.pre_tokenizer);
  const added = readAddedTokens(json.added_tokens, (token) => model.vocabulary.get(token));
  const asIs = (text: string) => text;
  const findPlain = addedTokenFinder(
    added.filter(({ isNormalised }) => !isNormalised),
    asIs,
  );
  const findNormalised = addedTokenFinder(
    added.filter(({ isNormalised }) => isNormalised),
    normalise,
  );
  const words = new WordCache((word) => model.encode(preTokeniser.asModelSees(word)));
  const textOfId = new Map([...model.vocabulary].map(([token, id]) => [id, token]));
  // The Rust library decodes such a token as it stands in normalised text.
  for (const { id, content, isNormalised } of added) textOfId.set(id, isNormalised ? normalise(content) : content);
  const special = new Set(added.filter(({ isSpecial }) => isSpecial).map(({ content }) => content));
  const addedIds = new Map(added.map(({ content, id }) => [content, id]));
  const decodeTokens = decoderOf(json.decoder);

  function encode(text: string): number[] {
    const ids: number[] = [];
    // A lone surrogate is no character; it is read as U+FFFD.
    const stretches = findIn(findPlain, text.replace(/\p{Cs}/gu, '\ufffd'));
    for (const stretch of stretches) {
      if ('id' in stretch) ids.push(stretch.id);
      else encodeStretch(stretch.text, stretch.start === 0, ids);
    }
    return ids;
  }

  function encodeStretch(text: string, isFirst: boolean, ids: number[]): void {
    const normalised = normalise(text);
    const keepsHead = isFirst && normalise(String.fromCodePoint(text.codePointAt(0) ?? 0)) !== '';
    for (const stretch of findIn(findNormalised, normalised)) {
      if ('id' in stretch) ids.push(stretch.id);
      else if (stretch.text !== '') {
        const isAtStart = keepsHead && stretch.start === 0;
        for (const word of preTokeniser.split(stretch.text, isAtStart)) {
          for (const id of words.encode(word)) ids.push(id);
        }
      }
    }
  }

  return {
    encode,
    addSpecialTokens: postProcessorOf(json.post_processor),
    idOf: (token) => addedIds.get(token) ?? model.vocabulary.get(token),
    modelType: type,
    isConcatenative: recordOf(json.decoder)?.type === 'ByteLevel',
    decode: (ids, skipSpecialTokens) => {
      const tokens = ids.map((id) => textOfId.get(id)).filter((token) => token !== undefined);
      return decodeTokens(skipSpecialTokens ? tokens.filter((token) => !special.has(token)) : tokens);
    },
  };
}

function findIn(find: ((text: string) => readonly Stretch[]) | null, text: string): readonly Stretch[] {
  return find === null ? [{ text, start: 0 }] : find(text);
}

/** Files of old versions leave out the type of the model. */
function modelOf(part: Part): Model & { readonly type: string } {
  const type = typeof part.type === 'string' ? part.type : guessedType(part);
  switch (type) {
    case 'BPE':
      return { type, ...bpeModel(part) };
    case 'Unigram':
      return { type, ...unigramModel(part) };
    case 'WordPiece':
      return { type, ...wordPieceModel(part) };
    case 'WordLevel':
      return { type, ...wordLevelModel(part) };
    default:
      throw unknownKind('model', part);
  }
}

/** By the fields that only one of them has, in the order the Rust library tries them. */
function guessedType(part: Part): string {
  if (part.merges !== undefined) return 'BPE';
  if (part.max_input_chars_per_word !== undefined) return 'WordPiece';
  return Array.isArray(part.vocab) ? 'Unigram' : 'WordLevel';
}

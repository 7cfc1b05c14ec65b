/**
 * The fast way through a byte-level BPE tokenizer: text -> words by the pre-tokenizer's own patterns, each word's ids remembered.
 * Words of one task repeat all the time, so nearly every text is a few map look-ups.
 */
import { recordOf } from '../graph/model-config.ts';
import { ByteLevelPreTokenizer, type LibraryTokenizer, SplitPreTokenizer } from './library.ts';
import { stagesOf } from './tokenizer-json.ts';

/** Words remembered before all are forgotten; bounds the memory at some tens of MB. */
const MOST_WORDS = 200_000;
/** Longer words are not worth remembering. */
const LONGEST_WORD = 64;

/**
 * An encoder of texts without added tokens, or null when the tokenizer is not of a kind whose words are independent.
 * @param json a tokenizer.json as `asRustMeansIt` gives it
 */
export function wordEncoder(
  json: Record<string, unknown>,
  tokenizer: LibraryTokenizer,
): ((text: string) => number[]) | null {
  const stages = stagesOf(json.pre_tokenizer);
  const last = stages.pop();
  const isByteLevel = last?.type === 'ByteLevel' && last.add_prefix_space !== true && last.use_regex === false;
  const isSplitOnly = stages.every((stage) => stage.type === 'Split');
  const isBpe = recordOf(json.model)?.type === 'BPE';
  const model = tokenizer.model;
  if (!isByteLevel || !isSplitOnly || !isBpe || json.normalizer !== null) return null;

  const splitters = stages.map((stage) => new SplitPreTokenizer(stage));
  const toBytes = new ByteLevelPreTokenizer(last);
  const known = new Map<string, readonly number[]>();
  const encodeWord = (word: string) => {
    const seen = known.get(word);
    if (seen !== undefined) return seen;
    const tokens = model._call(toBytes.pre_tokenize([word]));
    const ids = tokens.map((token) => tokenizer.token_to_id(token) ?? model.unk_token_id ?? 0);
    if (known.size >= MOST_WORDS) known.clear();
    if (word.length <= LONGEST_WORD) known.set(word, ids);
    return ids;
  };
  return (text) => {
    const words = splitters.reduce<string[]>(
      (parts, splitter) => splitter.pre_tokenize(parts),
      text === '' ? [] : [text],
    );
    const ids: number[] = [];
    for (const word of words) for (const id of encodeWord(word)) ids.push(id);
    return ids;
  };
}

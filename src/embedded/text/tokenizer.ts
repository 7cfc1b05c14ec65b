/** tokenizer.json -> encode and decode, hidden behind an interface of our own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LibraError } from '../../domain/errors.ts';
import { parseTolerantJson } from '../../system/json.ts';
import { type RawConfig, recordOf } from '../graph/model-config.ts';
import { LibraryTokenizer } from './library.ts';
import { asRustMeansIt } from './tokenizer-json.ts';
import { wordEncoder } from './word-encoder.ts';

export interface Tokenizer {
  /** Token ids of the text alone, no BOS or other special token added. */
  encode(text: string): number[];
  /** As the tokenizer's own template wants it (some add a BOS). */
  encodeWithSpecialTokens(text: string): number[];
  /** Bytes that are not (yet) UTF-8 become U+FFFD. */
  decode(ids: readonly number[], options?: { readonly skipSpecialTokens?: boolean }): string;
  /** The text of tokens is the text of each, put together (true of byte-level tokenizers, once characters are whole). */
  readonly isConcatenative: boolean;
  /** What stands before an empty context: BOS, else EOS, else null. */
  readonly prefixToken: number | null;
  readonly endToken: number | null;
  /** The text of a special token that chat templates ask for by name, '' when there is none. */
  specialText(name: 'bos_token' | 'eos_token' | 'pad_token' | 'unk_token'): string;
  /** tokenizer_config.json as found. */
  readonly config: RawConfig;
}

/** @throws LibraError LIBRA_CHECKPOINT_INVALID when tokenizer.json is missing, broken, or of an unknown kind */
export async function loadTokenizer(directory: string, modelConfig: RawConfig): Promise<Tokenizer> {
  const file = join(directory, 'tokenizer.json');
  const config = recordOf(await readJson(join(directory, 'tokenizer_config.json')).catch(() => null)) ?? {};
  try {
    const json = asRustMeansIt(recordOf(await readJson(file)) ?? {});
    return wrap(json, config, modelConfig);
  } catch (cause) {
    throw new LibraError('LIBRA_CHECKPOINT_INVALID', `${file} is missing or cannot be used (${String(cause)})`, {
      hint: "Save the tokenizer beside the weights (a fast tokenizer's tokenizer.json).",
      cause,
    });
  }
}

async function readJson(file: string): Promise<unknown> {
  return parseTolerantJson(await readFile(file, 'utf8'));
}

function wrap(json: Record<string, unknown>, config: RawConfig, modelConfig: RawConfig): Tokenizer {
  const library = new LibraryTokenizer(json, config);
  const fast = wordEncoder(json, library);
  const added = [...library.get_added_tokens_decoder().values()].map(({ content }) => content);
  const hasAddedToken = (text: string) => added.some((content) => text.includes(content));
  const specialText = (name: string) => textOfToken(config[name]);
  const idOf = (name: 'bos_token' | 'eos_token') => {
    const byText = library.token_to_id(specialText(name));
    const byConfig = firstNumber(modelConfig[`${name}_id`]);
    return byText ?? byConfig;
  };
  return {
    config,
    specialText,
    prefixToken: idOf('bos_token') ?? idOf('eos_token'),
    endToken: idOf('eos_token'),
    isConcatenative: recordOf(json.decoder)?.type === 'ByteLevel',
    encode: (text) => (fast === null || hasAddedToken(text) ? encode(library, text, false) : fast(text)),
    encodeWithSpecialTokens: (text) => encode(library, text, true),
    decode: (ids, { skipSpecialTokens = false } = {}) =>
      ids.length === 0
        ? ''
        : library.decode([...ids], {
            skip_special_tokens: skipSpecialTokens,
            clean_up_tokenization_spaces: config.clean_up_tokenization_spaces === true,
          }),
  };
}

function encode(library: LibraryTokenizer, text: string, addSpecialTokens: boolean): number[] {
  return text === '' && !addSpecialTokens ? [] : library.encode(text, { add_special_tokens: addSpecialTokens }).ids;
}

/** tokenizer_config.json gives a token as its text or as an object with `content`. */
function textOfToken(token: unknown): string {
  const content = recordOf(token)?.content ?? token;
  return typeof content === 'string' ? content : '';
}

function firstNumber(value: unknown): number | null {
  const first = Array.isArray(value) ? value[0] : value;
  return typeof first === 'number' ? first : null;
}

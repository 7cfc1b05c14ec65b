/** tokenizer.json -> encode and decode, hidden behind an interface of our own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LibraError } from '../../domain/errors.ts';
import { parseTolerantJson } from '../../system/json.ts';
import { type RawConfig, recordOf } from '../graph/model-config.ts';
import { cleanUpSpaces } from './decoder.ts';
import { type TextEncoder, textEncoder } from './text-encoder.ts';
import { readTokenizerJson } from './tokenizer-files.ts';

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
  specialText(name: string): string;
  /** tokenizer_config.json as found. */
  readonly config: RawConfig;
}

/** @throws LibraError LIBRA_CHECKPOINT_INVALID when tokenizer.json is missing, broken, or has a part of an unknown kind */
export async function loadTokenizer(directory: string, modelConfig: RawConfig): Promise<Tokenizer> {
  const file = join(directory, 'tokenizer.json');
  const config = recordOf(await readJson(join(directory, 'tokenizer_config.json')).catch(() => null)) ?? {};
  try {
    return wrap(textEncoder(await readTokenizerJson(directory, config)), config, modelConfig);
  } catch (cause) {
    throw new LibraError('LIBRA_CHECKPOINT_INVALID', `${file} is missing or cannot be used (${String(cause)})`, {
      hint: 'Write tokenizer.json beside the weights: AutoTokenizer.from_pretrained(DIRECTORY).save_pretrained(DIRECTORY).',
      cause,
    });
  }
}

async function readJson(file: string): Promise<unknown> {
  return parseTolerantJson(await readFile(file, 'utf8'));
}

function wrap(encoder: TextEncoder, config: RawConfig, modelConfig: RawConfig): Tokenizer {
  const specialText = (name: string) => textOfToken(config[name]);
  const idOf = (name: 'bos_token' | 'eos_token') =>
    encoder.idOf(specialText(name)) ?? firstNumber(modelConfig[`${name}_id`]);
  // transformers leaves the texts of BPE tokenizers alone even when told to clean up: it would break them.
  const cleansUp = config.clean_up_tokenization_spaces === true && encoder.modelType !== 'BPE';
  return {
    config,
    specialText,
    prefixToken: idOf('bos_token') ?? idOf('eos_token'),
    endToken: idOf('eos_token'),
    isConcatenative: encoder.isConcatenative && !cleansUp,
    encode: encoder.encode,
    encodeWithSpecialTokens: (text) => encoder.addSpecialTokens(encoder.encode(text)),
    decode: (ids, { skipSpecialTokens = false } = {}) => {
      const text = encoder.decode(ids, skipSpecialTokens);
      return cleansUp ? cleanUpSpaces(text, false) : text;
    },
  };
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

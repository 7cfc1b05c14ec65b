/** Where a tokenizer is written down: tokenizer.json, or the vocab.json and merges.txt of GPT-2 and Qwen2, read as transformers does. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTolerantJson } from '../../system/json.ts';
import { type RawConfig, recordOf } from '../graph/model-config.ts';
import type { Part } from './spec.ts';

const QWEN2_WORDS =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const FAMILIES = new Set(['GPT2Tokenizer', 'GPT2TokenizerFast', 'Qwen2Tokenizer', 'Qwen2TokenizerFast']);

/** The content of tokenizer.json, or what stands for it. @throws Error when there is neither */
export async function readTokenizerJson(directory: string, config: RawConfig): Promise<Part> {
  const file = join(directory, 'tokenizer.json');
  if (await exists(file)) return recordOf(parseTolerantJson(await readFile(file, 'utf8'))) ?? {};
  const kind = String(config.tokenizer_class);
  if (FAMILIES.has(kind)) return fromVocabularyAndMerges(directory, kind, config);
  const found = (await exists(join(directory, 'tokenizer.model'))) ? 'only tokenizer.model' : 'no tokenizer.json';
  throw new Error(`there is ${found}`);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

async function fromVocabularyAndMerges(directory: string, kind: string, config: RawConfig): Promise<Part> {
  const vocab = parseTolerantJson(await readFile(join(directory, 'vocab.json'), 'utf8'));
  const lines = (await readFile(join(directory, 'merges.txt'), 'utf8'))
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const merges = lines.filter((line) => line !== '' && !line.startsWith('#version'));
  const bytes = { type: 'ByteLevel', add_prefix_space: config.add_prefix_space === true, use_regex: true };
  const split = { type: 'Split', pattern: { Regex: QWEN2_WORDS }, behavior: 'Isolated', invert: false };
  const isQwen = kind.startsWith('Qwen2');
  return {
    model: { type: 'BPE', vocab, merges },
    normalizer: isQwen ? { type: 'NFC' } : null,
    pre_tokenizer: isQwen ? { type: 'Sequence', pretokenizers: [split, { ...bytes, use_regex: false }] } : bytes,
    decoder: { type: 'ByteLevel' },
    added_tokens: Object.entries(recordOf(config.added_tokens_decoder) ?? {}).map(([id, token]) => ({
      ...recordOf(token),
      id: Number(id),
    })),
  };
}

/**
 * tokenizer.json means what the Rust tokenizers library does with it. Where JavaScript's regular expressions differ (`\d` is ASCII
 * only, `\s` is another set), the pre-tokenizer is rewritten in terms that mean the same in both.
 */
import { recordOf } from '../graph/model-config.ts';

/** Rust's `\s` is the Unicode property; JavaScript's has U+FEFF and lacks U+0085. */
const BYTE_LEVEL_WORDS =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{White_Space}\\p{L}\\p{N}]+|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+";

/** The same file with its pre-tokenizer rewritten as a flat list of stages. */
export function asRustMeansIt(json: Record<string, unknown>): Record<string, unknown> {
  const stages = stagesOf(json.pre_tokenizer).flatMap(rewrite);
  const single = stages.length === 1 ? stages[0] : { type: 'Sequence', pretokenizers: stages };
  return { ...json, pre_tokenizer: stages.length === 0 ? null : single };
}

/** A pre-tokenizer as the list of its stages. */
export function stagesOf(preTokenizer: unknown): Record<string, unknown>[] {
  const stage = recordOf(preTokenizer);
  if (stage === null) return [];
  if (stage.type !== 'Sequence') return [stage];
  return Array.isArray(stage.pretokenizers) ? stage.pretokenizers.flatMap(stagesOf) : [];
}

function rewrite(stage: Record<string, unknown>): Record<string, unknown>[] {
  if (stage.type === 'Digits') return [split(stage.individual_digits === true ? '\\p{N}' : '\\p{N}+')];
  const isPlainByteLevel = stage.type === 'ByteLevel' && stage.add_prefix_space !== true;
  if (isPlainByteLevel && stage.use_regex !== false) return [split(BYTE_LEVEL_WORDS), { ...stage, use_regex: false }];
  return [stage];
}

function split(regex: string): Record<string, unknown> {
  return { type: 'Split', pattern: { Regex: regex }, behavior: 'Isolated', invert: false };
}

/** Which step a directory's name stands for, and which names are never a checkpoint. */

/** The name the Hugging Face Trainer gives; such a directory is a checkpoint even while it is empty. */
const CERTAIN = /^checkpoint-(\d{1,15})$/;

/** Names other trainers and export scripts give; only the content can tell whether a model is in there. */
const LIKELY =
  /^(?:epoch[-_=]?\d+[-_])?(?:checkpoint|ckpt|global[-_]?step|step|iter|iteration)[-_=]?(\d{1,15})(?:[-_]hf)?$/i;
const BARE = /^(\d{1,15})$/;

/** Half-written, hidden, or another tool's copy. */
const NEVER =
  /^\.|^tmp[-_.]|[-_.]tmp$|\.tmp[-_.]|orbax-checkpoint-tmp|[-_.](?:unfinished|incomplete|partial|deleted|trash)$|^_SNAPSHOTS$/i;

export interface StepName {
  readonly step: number;
  /** False when the content must confirm that this is a checkpoint. */
  readonly certain: boolean;
}

/** The step in a directory's base name, or null when it names no checkpoint. */
export function stepOfName(name: string): StepName | null {
  if (isNeverCheckpoint(name)) return null;
  const certain = CERTAIN.exec(name);
  if (certain) return { step: Number(certain[1]), certain: true };
  const likely = LIKELY.exec(name) ?? BARE.exec(name);
  return likely ? { step: Number(likely[1]), certain: false } : null;
}

/** Names nobody should look into: hidden, temporary, being deleted. */
export function isNeverCheckpoint(name: string): boolean {
  return NEVER.test(name);
}

/** A step anywhere in a longer name: `llama-1b-step1200-hf`, `stage1-step1000-tokens5B`, `run__checkpoint-240`, `step_10k`. */
const WITHIN =
  /(?<![\p{L}\p{N}])(?:checkpoint|ckpt|global[-_]?step|step|iter|iteration)s?[-_=]?(\d{1,15})([km])?(?![\p{L}\p{N}])/giu;
const TOKENS = /(?<![\p{L}\p{N}])tokens?[-_=]?(\d+(?:\.\d+)?)([kmbt])?(?![\p{L}\p{N}])/iu;
const TIMES: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9, t: 1e12 };

/** The last step that stands in a text, or null; a bare number is none. */
export function stepWithin(text: string): number | null {
  const found = [...text.replaceAll('_', '-').matchAll(WITHIN)].at(-1);
  return found ? Number(found[1]) * (TIMES[found[2]?.toLowerCase() ?? ''] ?? 1) : null;
}

/** Tokens seen by training, where a name says them as in `step1000-tokens5B`; null otherwise. */
export function tokensWithin(text: string): number | null {
  const found = TOKENS.exec(text.replaceAll('_', '-'));
  return found ? Math.round(Number(found[1]) * (TIMES[found[2]?.toLowerCase() ?? ''] ?? 1)) : null;
}

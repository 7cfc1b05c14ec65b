/**
 * The directory `save_pretrained` and the Hugging Face Trainer write (and TRL, Axolotl, LLaMA-Factory, ms-swift with it).
 * Order of writing: config.json, generation_config.json, weight shards, their index, tokenizer, training_args.bin,
 * optimizer and random states, and at last trainer_state.json: the first file proves nothing, the last one nearly all.
 */
import type { CheckpointFormat, CheckpointListing, Inspection } from '../checkpoint-format.ts';
import type { FileProofs } from '../file-proofs.ts';
import { findWeightFiles } from '../find-weight-files.ts';
import { negativeMarks } from '../negative-marks.ts';
import { hasTokenizer, isTokenizerFile } from '../tokenizer-files.ts';
import { inspectTrainerState, TRAINER_STATE } from '../trainer-state.ts';

const CONFIG = 'config.json';

/** Small files an engine may want beside weights and tokenizer: templates, remote code, processors. */
const ACCESSORY = /\.(?:json|txt|jinja|py|model|tiktoken)$/;

/** An accessory larger than this is somebody's data, not part of a model. */
const LARGEST_ACCESSORY = 128 * 1024 * 1024;

export const huggingFace: CheckpointFormat = {
  id: 'hugging-face',
  matches: ({ files }) => files.has(CONFIG) || [...files.keys()].some((name) => /^(?:pytorch_)?model[.-]/.test(name)),
  inspect,
};

async function inspect(listing: CheckpointListing, proofs: FileProofs): Promise<Inspection> {
  const missing = negativeMarks(listing);
  const whole = new Set<string>();
  const config = listing.files.get(CONFIG);
  const configProof = config ? await proofs.json(config, expectObject) : { fault: 'is missing' };
  if (configProof.fault === null) whole.add(CONFIG);
  else missing.push(`${CONFIG} ${configProof.fault}`);

  const weights = await findWeightFiles(listing, proofs, 'model');
  missing.push(...weights.missing);
  for (const name of weights.whole) whole.add(name);

  const accessories = await wholeAccessories(listing, proofs);
  for (const name of accessories) whole.add(name);
  if (!hasTokenizer(listing.files)) {
    missing.push('a tokenizer is missing (tokenizer.json, tokenizer.model or vocab files)');
  } else {
    for (const name of listing.files.keys()) {
      if (name.endsWith('.json') && isTokenizerFile(name) && !whole.has(name))
        missing.push(`${name} is not complete JSON`);
    }
  }

  const state = await inspectTrainerState(listing, proofs);
  missing.push(...state.missing);
  if (state.signal) whole.add(TRAINER_STATE);

  const files = [...whole].sort();
  const weightNames = new Set(weights.whole);
  return {
    missing,
    signal: state.signal,
    awaited: state.awaited,
    files,
    identity: files.filter((name) => name === CONFIG || weightNames.has(name) || isTokenizerFile(name)),
  };
}

/** Accessories; those in JSON only when they parse. */
async function wholeAccessories(listing: CheckpointListing, proofs: FileProofs): Promise<string[]> {
  const whole: string[] = [];
  for (const entry of listing.files.values()) {
    if (!ACCESSORY.test(entry.name) || entry.size > LARGEST_ACCESSORY || entry.name.endsWith('.index.json')) continue;
    if (entry.name === CONFIG || entry.name === TRAINER_STATE || entry.name.startsWith('.')) continue;
    if (entry.name.endsWith('.json') && (await proofs.json(entry, () => true)).fault !== null) continue;
    if (entry.size > 0) whole.push(entry.name);
  }
  return whole;
}

function expectObject(value: unknown): true {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return true;
  throw new Error('is not a JSON object');
}

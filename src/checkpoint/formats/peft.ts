/** A LoRA or other adapter as PEFT writes it: the weights first, adapter_config.json after them; the base model is elsewhere. */
import type { CheckpointFormat, CheckpointListing, Inspection } from '../checkpoint-format.ts';
import type { FileProofs } from '../file-proofs.ts';
import { findWeightFiles } from '../find-weight-files.ts';
import { negativeMarks } from '../negative-marks.ts';
import { isTokenizerFile } from '../tokenizer-files.ts';
import { inspectTrainerState, TRAINER_STATE } from '../trainer-state.ts';

const CONFIG = 'adapter_config.json';
const ACCESSORY = /\.(?:json|txt|jinja|model|tiktoken)$/;

export const peft: CheckpointFormat = {
  id: 'peft',
  matches: ({ files }) =>
    [...files.keys()].some((name) => name.startsWith('adapter_')) &&
    ![...files.keys()].some((name) => /^(?:pytorch_)?model[.-]/.test(name)),
  inspect,
};

async function inspect(listing: CheckpointListing, proofs: FileProofs): Promise<Inspection> {
  const missing = negativeMarks(listing);
  const weights = await findWeightFiles(listing, proofs, 'adapter_model');
  missing.push(...weights.missing);
  const whole = new Set(weights.whole);

  const config = listing.files.get(CONFIG);
  const proof = config ? await proofs.json(config, expectBaseModel) : { fault: 'is missing' };
  if (proof.fault === null) whole.add(CONFIG);
  else missing.push(`${CONFIG} ${proof.fault}`);

  for (const entry of listing.files.values()) {
    if (!ACCESSORY.test(entry.name) || entry.name === CONFIG || entry.name === TRAINER_STATE) continue;
    if (entry.name.endsWith('.json') && (await proofs.json(entry, () => true)).fault !== null) {
      if (isTokenizerFile(entry.name)) missing.push(`${entry.name} is not complete JSON`);
    } else if (entry.size > 0) whole.add(entry.name);
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

function expectBaseModel(value: unknown): true {
  const base = (value as { base_model_name_or_path?: unknown } | null)?.base_model_name_or_path;
  if (typeof base === 'string' || base === null) return true;
  throw new Error('names no base model');
}

/** trainer_state.json: the file the Hugging Face Trainer writes last, and so the mark that a checkpoint is finished. */
import type { CheckpointListing, Inspection } from './checkpoint-format.ts';
import type { FileProofs } from './file-proofs.ts';

export const TRAINER_STATE = 'trainer_state.json';

/** What the Trainer writes shortly before it; a bare `save_pretrained` has none of these. */
const TRAINER_AT_WORK = ['training_args.bin', 'optimizer.pt', 'scheduler.pt'];

/** `signal` when the file is whole and of this checkpoint's step. No such file at all is no fault, but it may be awaited. */
export async function inspectTrainerState(
  listing: CheckpointListing,
  proofs: FileProofs,
): Promise<Pick<Inspection, 'missing' | 'signal' | 'awaited'>> {
  const entry = listing.files.get(TRAINER_STATE);
  if (!entry) {
    const expected = TRAINER_AT_WORK.some((name) => listing.files.has(name));
    return { missing: [], signal: false, awaited: expected ? TRAINER_STATE : null };
  }
  const proof = await proofs.json(entry, globalStep);
  if (proof.fault !== null) return { missing: [`${TRAINER_STATE} ${proof.fault}`], signal: false, awaited: null };
  if (proof.value === listing.step) return { missing: [], signal: true, awaited: null };
  return { missing: [`${TRAINER_STATE} is of step ${proof.value}, not ${listing.step}`], signal: false, awaited: null };
}

function globalStep(state: unknown): number {
  const step = (state as { global_step?: unknown } | null)?.global_step;
  if (typeof step === 'number') return step;
  throw new Error('has no global_step');
}

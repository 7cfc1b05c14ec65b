/** What every training framework's way of writing checkpoints must tell us. */
import type { DirectoryListing } from '../system/files.ts';
import type { FileProofs } from './file-proofs.ts';

/** A directory that may be a checkpoint, as it was listed. */
export interface CheckpointListing extends DirectoryListing {
  readonly directory: string;
  /** Step its name stands for. */
  readonly step: number;
}

export interface Inspection {
  /** What is still missing or not whole, each as a short sentence part; empty when the structure is proved. */
  readonly missing: readonly string[];
  /** True when the trainer left the mark it writes last. Without one only time can tell that nothing more comes. */
  readonly signal: boolean;
  /** That mark, when other files say that it should come (a trainer at work, not a bare save); null otherwise. */
  readonly awaited: string | null;
  /** Files that are whole by themselves and that an engine or a telemetry reader needs: these are pinned. */
  readonly files: readonly string[];
  /** Those of `files` that make the checkpoint what it is (weights, architecture, vocabulary): these are fingerprinted. */
  readonly identity: readonly string[];
}

export interface CheckpointFormat {
  /** Stored with the checkpoint, e.g. `hugging-face`. */
  readonly id: string;
  /** True when the listing shows this format, also while it is half-written. */
  matches(listing: DirectoryListing): boolean;
  /** What is there and what is missing. Never throws for a broken checkpoint: that is a finding. */
  inspect(listing: CheckpointListing, proofs: FileProofs): Promise<Inspection>;
}

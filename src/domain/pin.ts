/** Pin: a checkpoint kept alive against the trainer's rotation. */

/** `link`: hard links; `copy`: another user's files; `lease`: read in place, nothing is held. */
export type PinKind = 'link' | 'copy' | 'lease';

export interface Pin {
  readonly id: number;
  readonly checkpoint: string;
  /** Where the pinned files are. */
  readonly directory: string;
  readonly kind: PinKind;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  /** Null while it is held. */
  readonly releasedAt: number | null;
}

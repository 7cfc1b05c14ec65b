/** Inhibition: what follows from an alert of the same run that is open is kept and shown, but not sent. Pure. */
import type { AlertKind, AlertState } from '../domain/alert.ts';

/**
 * Cause -> what follows from it. A drop of a capability follows from nothing here: it is always told.
 * - A run from which nothing comes has no queue worth speaking of, and what is cleared away then is no loss of ours.
 * - While evaluations fail checkpoints wait, and those that wait are deleted by the trainer.
 * - Weights of NaN make evaluations fail and every further figure jump, and trainers stop at them.
 */
export const CONSEQUENCES: Partial<Readonly<Record<AlertKind, readonly AlertKind[]>>> = {
  'non-finite-loss': ['evaluation-failing', 'telemetry-spike', 'stalled'],
  stalled: ['falling-behind', 'checkpoint-vanished'],
  'evaluation-failing': ['falling-behind', 'checkpoint-vanished'],
  'falling-behind': ['checkpoint-vanished'],
};

/** What goes away with its cause gets so long to do it, milliseconds: until then it has not outlived it. */
export const OUTLIVES_MS = 60_000;

export interface PossibleCause {
  readonly id: string;
  readonly kind: AlertKind;
  readonly state: AlertState;
  /** Since when it is in that state, epoch ms. */
  readonly stateAt: number;
}

/** The alert that explains one of this kind; null when none does. @param others alerts of the same run */
export function causeOf(
  alert: { readonly id: string; readonly kind: AlertKind },
  others: readonly PossibleCause[],
  now: number,
): PossibleCause | null {
  const explains = (other: PossibleCause) =>
    other.id !== alert.id && other.state !== 'pending' && CONSEQUENCES[other.kind]?.includes(alert.kind) === true;
  const lasts = ({ state, stateAt }: PossibleCause) => state !== 'resolved' || now < stateAt + OUTLIVES_MS;
  return others.find((other) => explains(other) && lasts(other)) ?? null;
}

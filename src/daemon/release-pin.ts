/** A checkpoint that needs nothing more is let go: its files first, then the note of it, so that a crash between leaks nothing. */
import { releasePin } from '../checkpoint/pin.ts';
import type { DaemonContext } from './context.ts';

export async function releasePinOf({ store }: DaemonContext, checkpoint: string): Promise<void> {
  const pin = store.pins.ofCheckpoint(checkpoint);
  if (!pin) return;
  await releasePin(pin);
  store.pins.release(pin.id);
}

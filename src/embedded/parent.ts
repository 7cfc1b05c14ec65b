/** An engine must not outlive what started it: a daemon killed with -9 can no longer stop it, so it watches for itself. */
import { type Clock, systemClock } from '../system/clock.ts';

const POLL_MS = 500;

export interface ParentOptions {
  /** Process whose end is ours; null for none. */
  readonly pid: number | null;
  /** The end of standard input is ours too: the kernel closes a dead parent's pipe at once. */
  readonly endsWithStdin: boolean;
}

/** Calls back once when the parent is gone. */
export function watchParent(options: ParentOptions, onGone: () => void, clock: Clock = systemClock): void {
  if (options.endsWithStdin) {
    process.stdin.on('end', onGone).on('close', onGone).on('error', onGone).resume();
  }
  const { pid } = options;
  if (pid === null) return;
  const poll = () => {
    if (isAlive(pid)) clock.after(POLL_MS, poll);
    else onGone();
  };
  poll();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, but belongs to someone else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a list of runs in the configuration means a run: by its id or its name, with `*` and `?`. Pure. */
import { wildcard } from '../system/wildcard.ts';

/** A run as people may write it. */
export interface NamedRun {
  readonly id: string;
  readonly name: string;
}

/** An empty list means all. */
export function concernsRun(patterns: readonly string[], { id, name }: NamedRun): boolean {
  return (
    patterns.length === 0 ||
    patterns.some((pattern) => {
      const wanted = wildcard(pattern);
      return wanted.test(id) || wanted.test(name);
    })
  );
}

/** Which run somebody means: by its id, its name or its directory; else the nearest one is named. */
import { resolve } from 'node:path';
import { closest, distance } from 'fastest-levenshtein';
import { LibraError } from '../domain/errors.ts';
import type { Store } from '../store/open-store.ts';
import type { StoredRun } from '../store/runs.ts';

/** @throws LIBRA_RUN_UNKNOWN */
export function findRun(store: Store, text: string): StoredRun {
  const exact = store.runs.get(text);
  if (exact !== null) return exact;
  const runs = store.runs.list();
  const named = runs.filter((run) => run.name === text || run.path === resolve(text));
  const newest = named.at(-1);
  if (newest !== undefined) return newest;
  throw new LibraError('LIBRA_RUN_UNKNOWN', `There is no run '${text}'.`, { hint: hintFor(text, runs) });
}

function hintFor(text: string, runs: readonly StoredRun[]): string {
  if (runs.length === 0) return 'Nothing was watched yet: start `libra watch DIR` on its directory first.';
  const ids = runs.map((run) => run.id);
  const nearest = closest(text, ids);
  if (distance(text, nearest) <= Math.max(2, Math.ceil(text.length / 3))) return `Did you mean '${nearest}'?`;
  return `Known runs: ${ids.slice(-12).join(', ')}.`;
}

/** The word that was probably meant. */
import { distance } from 'fastest-levenshtein';

/** The candidate nearest to what was written, or null when none is near. Case, `-` and `_` don't count. */
export function nearest(written: string, candidates: readonly string[]): string | null {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_\s.]/g, '');
  let best: string | null = null;
  let least = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const candidate of candidates) {
    const apart = distance(plain(written), plain(candidate));
    // Two words of nothing but differences are not near, however short they are.
    if (apart < least && apart < plain(candidate).length) {
      best = candidate;
      least = apart;
    }
  }
  return best;
}

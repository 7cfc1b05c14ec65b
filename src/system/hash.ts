/** Fingerprints and stable ids. */
import { hash } from 'node:crypto';

/** SHA-256 as hex. */
export function sha256(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}

/** First 16 hex digits of SHA-256 over the parts: an id that is the same wherever and whenever it is made. */
export function stableId(...parts: readonly (string | number)[]): string {
  return sha256(JSON.stringify(parts)).slice(0, 16);
}

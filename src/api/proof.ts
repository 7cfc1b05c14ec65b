/**
 * Whom a hook believes: a daemon that knows the token. On a node that others share anybody may listen at the daemon's port while it is down, so a
 * client sends a nonce of its own and gets back a code that only who knows the token can make over that nonce and this very answer.
 */
import { createHash, createHmac } from 'node:crypto';

export const NONCE_HEADER = 'libra-nonce';
export const PROOF_HEADER = 'libra-proof';

/** A short secret could be guessed from a proof; nothing is proven with one. */
const SHORTEST = 32;
const NONCE = /^[\w-]{16,128}$/;

export interface ProvenAnswer {
  readonly nonce: unknown;
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly status: number;
  readonly body: string;
}

/**
 * A proof for each token, separated by commas: HMAC-SHA256 (RFC 2104) in hex over the lines `libra-proof`, nonce, `METHOD url`, status,
 * SHA-256 of the body in hex.
 * @returns null where no (sound) nonce was sent or no token is long enough
 */
export function proofOf({ nonce, method, url, status, body }: ProvenAnswer, tokens: readonly string[]): string | null {
  const keys = tokens.filter(({ length }) => length >= SHORTEST);
  if (typeof nonce !== 'string' || !NONCE.test(nonce) || keys.length === 0) return null;
  const digest = createHash('sha256').update(body).digest('hex');
  const message = ['libra-proof', nonce, `${method} ${url}`, status, digest].join('\n');
  return keys.map((key) => createHmac('sha256', key).update(message).digest('hex')).join(',');
}

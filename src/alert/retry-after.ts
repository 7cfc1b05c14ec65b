/** The Retry-After header: seconds or a date (RFC 9110, 10.2.3). */

/** Longest wait that is believed, ms. */
const LONGEST = 24 * 3_600_000;

/** Milliseconds from now; null when it says nothing that can be read. @param now epoch ms */
export function parseRetryAfter(header: string | string[] | undefined, now: number): number | null {
  const text = (Array.isArray(header) ? header[0] : header)?.trim();
  if (!text) return null;
  const seconds = Number(text);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(text) - now;
  return Number.isFinite(wait) ? Math.min(LONGEST, Math.max(0, wait)) : null;
}

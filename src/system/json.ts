/** JSON as it is found in the wild: Python writes bare NaN and Infinity, which JSON.parse refuses. */

const NON_FINITE: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** Placeholder key that cannot stand in a real document by accident. */
const MARK = '\u0000libra-non-finite\u0000';

/**
 * JSON.parse that also takes the bare tokens NaN, Infinity and -Infinity outside of strings (as Python's json writes them).
 * @throws SyntaxError as JSON.parse does
 */
export function parseTolerantJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const quoted = quoteNonFinite(text);
    if (quoted === text) throw error;
    return JSON.parse(quoted, (_key, value) =>
      typeof value === 'string' && value.startsWith(MARK) ? NON_FINITE[value.slice(MARK.length)] : value,
    );
  }
}

/** Non-finite tokens outside of strings become marked strings; text inside strings is not touched. */
function quoteNonFinite(text: string): string {
  const token = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN/gs;
  return text.replace(token, (match) => (match.startsWith('"') ? match : JSON.stringify(MARK + match)));
}

/** JSON with sorted keys: equal values give equal text, so it can be hashed. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}

/** JSON has no NaN and no infinities: null stands where a number is not defined. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

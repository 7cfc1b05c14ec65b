/** JSON as it stands in the database: numbers that are not finite survive. */

const NON_FINITE = '$number';

/** JSON text in which NaN and the infinities are `{"$number": "NaN"}`. */
export function encodeJson(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner) =>
      typeof inner === 'number' && !Number.isFinite(inner) ? { [NON_FINITE]: String(inner) } : inner,
    ) ?? 'null'
  );
}

/** The value that `encodeJson` was given. */
export function decodeJson<T>(text: string): T {
  if (!text.includes(`"${NON_FINITE}"`)) return JSON.parse(text) as T;
  return JSON.parse(text, (_key, inner) =>
    inner !== null && typeof inner === 'object' && NON_FINITE in inner ? Number(inner[NON_FINITE]) : inner,
  ) as T;
}

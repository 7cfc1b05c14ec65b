/**
 * Names of a delimited file's columns as pandas, and so Hugging Face datasets, makes them out of its first row: a column without
 * a name is `Unnamed: <place>`, one whose name stands there before gets `.1`, `.2`, ... behind it, past those that are taken.
 */
export function nameColumns(header: readonly string[]): string[] {
  const given = header.map((name, place) => (name === '' ? `Unnamed: ${place}` : name));
  const taken = new Set(given);
  const seen = new Map<string, number>();
  return given.map((name) => {
    let copy = seen.get(name) ?? 0;
    let unique = name;
    while (copy > 0) {
      seen.set(name, copy + 1);
      unique = `${name}.${copy}`;
      copy = taken.has(unique) ? copy + 1 : (seen.get(unique) ?? 0);
    }
    seen.set(unique, 1);
    return unique;
  });
}

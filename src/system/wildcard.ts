/** Names with wildcards, as people write them: `*` is any text, `?` any one character. */

/** Takes whole names only, line breaks in them included. */
export function wildcard(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's');
}

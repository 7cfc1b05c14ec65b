/** Which runs a watched path means: all at or below a plain directory; below a glob only those whose path fits it. Pure. */

/** True when `run` is what some of `patterns` (absolute paths, may hold * ? [...] {a,b}) names, or lies below it. */
export function isWanted(run: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const wanted = pattern.split('/');
    const path = run.split('/');
    return path.length >= wanted.length && wanted.every((part, i) => fits(path[i]!, part));
  });
}

/** The directory to watch for a pattern: the part before its first wildcard. */
export function rootOf(pattern: string): string {
  const parts = pattern.split('/');
  const wild = parts.findIndex(isGlob);
  return wild === -1 ? pattern : parts.slice(0, wild).join('/') || '/';
}

const isGlob = (part: string): boolean => /[*?[{]/.test(part);

function fits(name: string, part: string): boolean {
  if (!isGlob(part)) return name === part;
  const source = part.replace(/\[[^\]]*\]|\{[^}]*\}|[\s\S]/g, (token) => {
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token.startsWith('[') && token.length > 1) return token.replace(/^\[!/, '[^');
    if (token.startsWith('{') && token.length > 1) return `(?:${token.slice(1, -1).split(',').map(literal).join('|')})`;
    return literal(token);
  });
  return new RegExp(`^${source}$`).test(name);
}

function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** File patterns as data sets name their files: `*`, `**`, `?`, `[...]` and `{a,b}`, over paths with `/`. Pure. */

export function isPattern(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** The pattern as a regular expression over whole paths; `*` stops at a slash, `**` does not. */
export function globExpression(pattern: string): RegExp {
  let source = '';
  let braces = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at]!;
    if (pattern.startsWith('**/', at)) {
      source += '(?:[^/]+/)*';
      at += 2;
    } else if (pattern.startsWith('**', at)) {
      source += '.*';
      at++;
    } else if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '[' && pattern.indexOf(']', at + 2) > 0) {
      const end = pattern.indexOf(']', at + 2);
      const inside = pattern
        .slice(at + 1, end)
        .replace(/\\/g, '\\\\')
        .replace(/^!/, '^');
      source += `[${inside}]`;
      at = end;
    } else if (char === '{' && pattern.indexOf('}', at) > 0) {
      source += '(?:';
      braces++;
    } else if (char === '}' && braces > 0) {
      source += ')';
      braces--;
    } else if (char === ',' && braces > 0) source += '|';
    else source += char.replace(/[.+^$()|[\]{}\\?*]/g, '\\$&');
  }
  return new RegExp(`^${source}$`);
}

/** The paths a pattern (or plain path) means, in order; `./` before it says nothing. */
export function matchPaths(pattern: string, paths: readonly string[]): string[] {
  const plain = pattern.replace(/^\.\//, '');
  if (!isPattern(plain)) return paths.filter((path) => path === plain);
  const expression = globExpression(plain);
  return paths.filter((path) => expression.test(path)).sort();
}

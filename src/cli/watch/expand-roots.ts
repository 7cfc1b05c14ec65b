/** Directories to watch: a glob such as `/data/runs/run-*` means the directory it looks into, whose new runs then are found by themselves. */

/** The part of each path before its first wildcard, each directory once. */
export function expandRoots(paths: readonly string[]): string[] {
  return [...new Set(paths.map(beforeWildcard))];
}

function beforeWildcard(path: string): string {
  const parts = path.split('/');
  const wild = parts.findIndex((part) => /[*?[{]/.test(part));
  return wild === -1 ? path : parts.slice(0, wild).join('/') || '/';
}

/** Finding: one thing `libra doctor` looked at, what it means, and what to do. */

/** `fail` means that Libra cannot work like this, `warn` that something will be slower, later or missing. */
export interface Finding {
  /** Stable, for scripts: `node`, `engine.embedded`, `data.disk`, `run:/data/output`. */
  readonly name: string;
  readonly level: 'ok' | 'warn' | 'fail';
  /** One sentence: what was found and what it means. */
  readonly found: string;
  /** One sentence: what to do; null when nothing need be done. */
  readonly hint: string | null;
}

export function ok(name: string, found: string): Finding {
  return { name, level: 'ok', found, hint: null };
}

export function warn(name: string, found: string, hint: string): Finding {
  return { name, level: 'warn', found, hint };
}

export function fail(name: string, found: string, hint: string): Finding {
  return { name, level: 'fail', found, hint };
}

export function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** What the regex filters share: the compiled pattern, and which of its matches counts. */

import { compilePythonRegex, findAll } from '../python/python-regex.ts';
import { strip } from '../python/python-text.ts';
import { numberIn } from '../python/python-value.ts';
import type { FilterOptions } from './filter.ts';

const COMPILED = new Map<string, RegExp>();

export function compiled(options: FilterOptions): RegExp {
  const pattern = String(options.regex_pattern ?? '#### (\\-?[0-9\\.\\,]+)');
  const known = COMPILED.get(pattern) ?? compilePythonRegex(pattern);
  COMPILED.set(pattern, known);
  return known;
}

export function fallbackOf(options: FilterOptions): string {
  return String(options.fallback ?? '[invalid]');
}

/** The match `group_select` picks (negative from the end), or undefined when nothing matches. */
export function selected(pattern: RegExp, answer: string, options: FilterOptions): string | undefined {
  const matches = findAll(pattern, answer);
  if (matches.length === 0) return undefined;
  const match = matches.at(numberIn(options.group_select) ?? 0);
  // The harness fails on a group_select beyond the matches; an answer without it is unparsed.
  if (match === undefined) return undefined;
  const text = typeof match === 'string' ? match : match.find((group) => group !== '');
  return text === undefined ? undefined : strip(text);
}

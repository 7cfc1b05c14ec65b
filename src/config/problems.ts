/** What is wrong with a configuration, in sentences: which key, what was expected, what was found, what was probably meant. */
import type { z } from 'zod';
import { type ConfigKey, keyAt, keysAllowedAt } from './key-tree.ts';
import { nearest } from './nearest.ts';

export interface Problem {
  readonly path: readonly PropertyKey[];
  /** True when it is about the key itself and not about its value. */
  readonly isAboutKey: boolean;
  /** Without the place and without a full stop. */
  readonly sentence: string;
  /** The right key or value, if one is near. */
  readonly suggestion: string | null;
}

/** `server.port`, `runs[0].path`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

/** Every problem that zod found, unions opened up to the shape that was meant. */
export function problemsOf(issues: readonly z.core.$ZodIssue[], raw: unknown, keys: readonly ConfigKey[]): Problem[] {
  return issues.flatMap((issue) => problemsOfIssue(issue, raw, keys));
}

function problemsOfIssue(issue: z.core.$ZodIssue, raw: unknown, keys: readonly ConfigKey[]): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') return issue.keys.map((name) => unknownKey([...path, name], keys));
  const value = valueAt(raw, path);
  const known = keyAt(keys, path);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const meant = issue.errors.find(
      (branch) => !branch.some((inner) => inner.code === 'invalid_type' && inner.path.length === 0),
    );
    if (meant)
      return problemsOf(
        meant.map((inner) => ({ ...inner, path: [...path, ...inner.path] })),
        raw,
        keys,
      );
  }
  if (value === undefined) return [problem(path, `${pathText(path)} is missing`, null)];
  const found = describe(value, known?.note.isSecret ?? false);
  if (issue.code === 'invalid_value' || (issue.code === 'invalid_union' && issue.errors.length === 0)) {
    const choices = issue.code === 'invalid_value' ? issue.values.map(String) : discriminatorValues(path, keys);
    return [
      problem(path, `${pathText(path)} must be ${oneOf(choices)}, found ${found}`, nearest(String(value), choices)),
    ];
  }
  return [problem(path, `${pathText(path)} must be ${expectation(issue, known)}, found ${found}`, null)];
}

const problem = (path: readonly PropertyKey[], sentence: string, suggestion: string | null): Problem => ({
  path,
  isAboutKey: false,
  sentence,
  suggestion,
});

function unknownKey(path: readonly PropertyKey[], keys: readonly ConfigKey[]): Problem {
  const parent = path.slice(0, -1);
  const name = String(path.at(-1));
  const siblings = keysAllowedAt(keys, parent).map((sibling) => sibling.name);
  const near = nearest(name, siblings);
  const suggestion = near !== null ? pathText([...parent, near]) : elsewhere(name, keys);
  const where = parent.length === 0 ? '' : ` in ${pathText(parent)}`;
  return { path, isAboutKey: true, sentence: `there is no key '${name}'${where}`, suggestion };
}

/** A key of this very name in another section. */
function elsewhere(name: string, keys: readonly ConfigKey[], above = ''): string | null {
  for (const candidate of keys) {
    const path = above + candidate.name;
    if (candidate.name === name) return path;
    if (candidate.kind !== 'object') continue;
    const below = elsewhere(name, candidate.keys, `${path}.`);
    if (below !== null) return below;
  }
  return null;
}

/** Values of `type` over all shapes an element may have. */
function discriminatorValues(path: readonly PropertyKey[], keys: readonly ConfigKey[]): string[] {
  const type = path.at(-1);
  return keysAllowedAt(keys, path.slice(0, -1))
    .filter((key) => key.name === type)
    .flatMap((key) => key.choices);
}

function expectation(issue: z.core.$ZodIssue, known: ConfigKey | null): string {
  switch (issue.code) {
    case 'custom':
      return issue.params?.expected ? String(issue.params.expected) : issue.message;
    case 'invalid_format':
      return issue.format === 'url' ? 'a URL such as http://127.0.0.1:8000' : issue.message;
    case 'too_small':
      return bound('least', issue.origin, issue.minimum);
    case 'too_big':
      return bound('most', issue.origin, issue.maximum);
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    default:
      return (known && KINDS[known.kind]) ?? issue.message;
  }
}

function bound(edge: 'least' | 'most', origin: string, limit: number | bigint): string {
  if (origin === 'string') return edge === 'least' ? 'text that is not empty' : `text of at most ${limit} characters`;
  if (origin === 'array') return `a list of at ${edge} ${limit}`;
  return `a number of at ${edge} ${limit}`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a section of keys',
  record: 'a map of names',
};

const KINDS: Readonly<Record<ConfigKey['kind'], string>> = {
  object: 'a section of keys',
  list: 'a list',
  map: 'a map of names',
  choice: 'one of its values',
  number: 'a number',
  boolean: 'true or false',
  text: 'text or a number with its unit',
};

function oneOf(choices: readonly string[]): string {
  return choices.length === 1 ? `'${choices[0]}'` : `one of ${choices.join(', ')}`;
}

/** What was found, shown unless it is or may hold a secret. */
function describe(value: unknown, isSecret: boolean): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section of keys';
  if (isSecret) return `other ${typeof value === 'string' ? 'text' : `${typeof value} value`} (not shown)`;
  const text = String(value);
  return typeof value === 'string' ? `'${text.length > 40 ? `${text.slice(0, 40)}…` : text}'` : text;
}

export function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      value !== null && typeof value === 'object' ? (value as Record<PropertyKey, unknown>)[part] : undefined,
    raw,
  );
}

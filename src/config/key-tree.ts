/** The schema as a tree of keys, for everything that speaks of keys: messages, reference, environment. */
import type { z } from 'zod';
import { type KeyNote, noteOf } from './key.ts';

export type KeyKind = 'object' | 'list' | 'map' | 'choice' | 'number' | 'boolean' | 'text';

export interface ConfigKey {
  /** Last part of its path. */
  readonly name: string;
  readonly kind: KeyKind;
  readonly sentence: string;
  readonly isNullable: boolean;
  /** As written; undefined when the key must be given. */
  readonly default: unknown;
  readonly note: KeyNote;
  /** Keys below: of an object, or of each element of a list or map. */
  readonly keys: readonly ConfigKey[];
  /** Elements that come in several shapes (notifiers): the keys of each. */
  readonly variants: readonly (readonly ConfigKey[])[];
  /** What the elements of a list are. */
  readonly element: KeyKind | null;
  /** Values of a choice. */
  readonly choices: readonly string[];
}

/** The parts of zod's definitions that are read here. */
interface Definition {
  readonly type: string;
  readonly innerType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly options?: readonly z.core.$ZodType[];
  readonly defaultValue?: unknown;
  readonly discriminator?: string;
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
}

const definitionOf = (schema: z.core.$ZodType): Definition => schema._zod.def as unknown as Definition;

/** Keys of an object schema, in the order they were written. */
export function keysOf(schema: z.core.$ZodType): ConfigKey[] {
  const { bare } = unwrap(schema);
  return Object.entries(definitionOf(bare).shape ?? {}).map(([name, child]) => toKey(name, child));
}

function toKey(name: string, schema: z.core.$ZodType): ConfigKey {
  const { bare, isNullable, preset } = unwrap(schema);
  const definition = definitionOf(bare);
  const content = definition.element ?? definition.valueType;
  const inner = content ? unwrap(content).bare : bare;
  const variants = isVariants(inner) ? definitionOf(inner).options!.map(keysOf) : [];
  return {
    name,
    kind: kindOf(bare),
    sentence: (schema as z.ZodType).description ?? '',
    isNullable,
    default: preset,
    note: noteOf(schema),
    keys: definitionOf(inner).shape ? keysOf(inner) : [],
    variants,
    element: content ? kindOf(inner) : null,
    choices: Object.values(definition.entries ?? definition.values ?? {}).map(String),
  };
}

function unwrap(schema: z.core.$ZodType): { bare: z.core.$ZodType; isNullable: boolean; preset: unknown } {
  let bare = schema;
  let isNullable = false;
  let preset: unknown;
  for (;;) {
    const definition = definitionOf(bare);
    if (definition.type === 'nullable') isNullable = true;
    if (definition.type === 'prefault' || definition.type === 'default') preset ??= definition.defaultValue;
    const inner = definition.type === 'pipe' ? definition.in : definition.innerType;
    if (!inner) return { bare, isNullable, preset };
    bare = inner;
  }
}

const isVariants = (schema: z.core.$ZodType): boolean => definitionOf(schema).discriminator !== undefined;

function kindOf(schema: z.core.$ZodType): KeyKind {
  const { type } = definitionOf(schema);
  if (type === 'object' || isVariants(schema)) return 'object';
  if (type === 'array') return 'list';
  if (type === 'record') return 'map';
  if (type === 'enum' || type === 'literal') return 'choice';
  if (type === 'number' || type === 'boolean') return type;
  return 'text';
}

/** The key at a path (list positions and map names are any text), or null. */
export function keyAt(keys: readonly ConfigKey[], path: readonly PropertyKey[]): ConfigKey | null {
  const [first, ...rest] = path;
  const found = keys.find((candidate) => candidate.name === String(first));
  if (!found) return null;
  if (rest.length === 0) return found;
  return keyAt(keysBelow(found), found.kind === 'object' ? rest : rest.slice(1));
}

/** Keys allowed in the object at a path; the root's for the empty path. */
export function keysAllowedAt(keys: readonly ConfigKey[], path: readonly PropertyKey[]): readonly ConfigKey[] {
  if (path.length === 0) return keys;
  const [first, ...rest] = path;
  const found = keys.find((candidate) => candidate.name === String(first));
  if (!found) return [];
  return keysAllowedAt(keysBelow(found), found.kind === 'object' ? rest : rest.slice(1));
}

function keysBelow(parent: ConfigKey): readonly ConfigKey[] {
  return parent.variants.length > 0 ? parent.variants.flat() : parent.keys;
}

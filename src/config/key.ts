/** A key of the configuration: its schema, its sentence, and what else must be known of it. */
import { z } from 'zod';

export interface KeyNote {
  /** A value for the reference, where the default says too little. */
  readonly example?: unknown;
  /** A path: `~` and relative paths are resolved against the file's directory. */
  readonly isPath?: boolean;
  /** Never shown, not even when it is wrong. */
  readonly isSecret?: boolean;
  /** Text that may stand for the whole section, e.g. `engine: embedded`. */
  readonly shorthand?: (text: string) => Readonly<Record<string, unknown>>;
}

const notes = z.registry<KeyNote>();

/** Gives a key its sentence. Call it last: the sentence belongs to the outermost schema. */
export function key<Schema extends z.ZodType>(sentence: string, schema: Schema, note: KeyNote = {}): Schema {
  const described = schema.describe(sentence);
  notes.add(described, note);
  return described;
}

/** Keys under one name, all of which have defaults. */
export function section<Shape extends z.ZodRawShape>(sentence: string, shape: Shape, note: KeyNote = {}) {
  return key(sentence, z.strictObject(shape).prefault({} as never), note);
}

export function noteOf(schema: z.core.$ZodType): KeyNote {
  return notes.get(schema as z.ZodType) ?? {};
}

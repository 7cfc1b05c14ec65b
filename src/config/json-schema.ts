/** The JSON schema of libra.yaml, for editors. */
import { z } from 'zod';
import { keysOf } from './key-tree.ts';
import { configSchema } from './schema.ts';

interface JsonSchema {
  properties: Record<string, Record<string, unknown>>;
}

/** Draft 2020-12; describes what may be written, not what it becomes. */
export function jsonSchema(): Readonly<Record<string, unknown>> {
  const schema = z.toJSONSchema(configSchema, { io: 'input' }) as unknown as JsonSchema;
  for (const key of keysOf(configSchema)) {
    const written = schema.properties[key.name]!;
    if (!key.note.shorthand) continue;
    const { description, default: preset, ...section } = written;
    schema.properties[key.name] = { description, default: preset, anyOf: [{ type: 'string' }, section] };
  }
  return { ...schema, title: 'libra.yaml' };
}

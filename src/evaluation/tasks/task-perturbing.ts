/** What a task file says of how its docs may be changed: `perturb`, `options` and `paraphrases`, at the top or under `metadata`. */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import type { YamlFields } from './read-yaml.ts';

export interface Perturbing {
  /** Columns that hold the question; empty when they should be worked out. */
  readonly fields: readonly string[];
  /** Columns that hold one option each, in the order shown, or the one list column that holds them all; empty when not said. */
  readonly options: readonly string[];
  /** Alternatives to doc_to_text. */
  readonly paraphrases: readonly string[];
}

const names = z
  .union([z.string(), z.array(z.union([z.string(), z.number()]).transform(String))])
  .nullish()
  .transform((named): readonly string[] => (named == null ? [] : [named].flat()));

const schema = z.object({ perturb: names, options: names, paraphrases: names });

export const PERTURBING_KEYS: readonly string[] = Object.keys(schema.shape);

/** @throws LibraError LIBRA_TASK_INVALID when one of them is neither a text nor a list of texts */
export function readPerturbing(fields: YamlFields, file: string): Perturbing {
  const metadata = fields.metadata;
  const under = typeof metadata === 'object' && metadata !== null ? (metadata as YamlFields) : {};
  const said = Object.fromEntries(PERTURBING_KEYS.map((key) => [key, fields[key] ?? textsOnly(under[key])]));
  const parsed = schema.safeParse(said);
  if (!parsed.success) {
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `${file}: \`${String(parsed.error.issues[0]!.path[0])}\` is not a list of texts.`,
      {
        hint: '`perturb` and `options` name columns, `paraphrases` lists templates for doc_to_text.',
      },
    );
  }
  const { perturb, options, paraphrases } = parsed.data;
  return { fields: perturb, options, paraphrases };
}

/** Metadata is the author's own ground: what is no text there is not meant for us. */
function textsOnly(value: unknown): unknown {
  return [value].flat().every((one) => typeof one === 'string') ? value : undefined;
}

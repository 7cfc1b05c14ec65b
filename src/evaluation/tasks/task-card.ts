/** What a task file says for people: its kind, the licence and source of its data, a warning to stand beside its numbers. */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import { TASK_KINDS, type TaskCard, type TaskKind } from '../../domain/task.ts';
import type { YamlFields } from './read-yaml.ts';

/** Keys of Libra's own beside the harness's; a file that the harness must read too keeps them under `metadata`. */
const cardSchema = z.object({
  kind: z
    .union([z.enum(TASK_KINDS), z.array(z.enum(TASK_KINDS))])
    .nullish()
    .transform((kind): readonly TaskKind[] => (kind == null ? [] : [kind].flat())),
  licence: z.string().nullish(),
  source: z.string().nullish(),
  notice: z.string().nullish(),
});

export const CARD_KEYS: readonly string[] = Object.keys(cardSchema.shape);

/** @throws LibraError LIBRA_TASK_INVALID for a kind that is none */
export function readCard(fields: YamlFields, file: string): TaskCard {
  const metadata = fields.metadata;
  const under = typeof metadata === 'object' && metadata !== null ? (metadata as YamlFields) : {};
  const said = Object.fromEntries(CARD_KEYS.map((key) => [key, fields[key] ?? kindOnly(key, under[key])]));
  const parsed = cardSchema.safeParse(said);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new LibraError('LIBRA_TASK_INVALID', `${file}: \`${issue.path.join('.')}\`: ${issue.message}.`, {
      hint: `A task's kind is one of ${TASK_KINDS.join(', ')}; licence, source and notice are texts.`,
    });
  }
  const { kind, licence = null, source = null, notice = null } = parsed.data;
  return { kinds: kind, licence, source, notice };
}

/** Metadata is the author's own ground: what is no text there is not meant for us. */
function kindOnly(key: string, value: unknown): unknown {
  if (key === 'kind') {
    const listed = [value].flat();
    return listed.every((one) => TASK_KINDS.includes(one as TaskKind)) ? value : undefined;
  }
  return typeof value === 'string' ? value : undefined;
}

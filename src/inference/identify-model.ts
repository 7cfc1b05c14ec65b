/** Which of a server's models is this checkpoint, and has it shown so? Pure. */
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import { LibraError } from '../domain/errors.ts';
import type { ServedCheckpoint } from './engine.ts';

/** One entry of `GET /v1/models`, as OpenAI has it, with what vLLM and our own engine add. */
const ModelCard = z.object({
  id: z.string(),
  owned_by: z.string().nullish(),
  /** vLLM: the path it was loaded from. */
  root: z.string().nullish(),
  max_model_len: z.number().nullish(),
  /** Our own engine: content fingerprint of the checkpoint. */
  fingerprint: z.string().nullish(),
});
export type ModelCard = z.infer<typeof ModelCard>;

export const ModelList = z.object({
  data: z.array(ModelCard),
  /** Our own engine: its scoring extension and what it says of itself. */
  libra: z
    .object({
      score: z.string().nullish(),
      version: z.string().nullish(),
      dtype: z.string().nullish(),
      device: z.string().nullish(),
    })
    .nullish(),
});
export type ModelList = z.infer<typeof ModelList>;

export interface Identification {
  readonly card: ModelCard;
  /** The server has shown that it serves this very checkpoint. */
  readonly isVerified: boolean;
  readonly reason: string;
}

/**
 * Proof is our own unique name, the fingerprint, the checkpoint's id as its name, or the very path it was loaded from.
 * @param wanted the model's id on that server, if the user named one
 * @throws LibraError LIBRA_ENGINE_WRONG_MODEL when the server plainly serves something else
 */
export function identifyModel(
  cards: readonly ModelCard[],
  checkpoint: ServedCheckpoint,
  servedName: string,
  wanted: string | null,
): Identification {
  const named = wanted === null ? cards : cards.filter((card) => card.id === wanted);
  const proven = named.find((card) => proves(card, checkpoint, servedName));
  if (proven !== undefined) return { card: proven, isVerified: true, reason: 'the server names this checkpoint' };
  const open = named.filter((card) => !contradicts(card, checkpoint));
  const [only] = open;
  if (only !== undefined && open.length === 1) {
    const reason = `the server answers as "${only.id}", which does not prove that it serves ${checkpoint.id}`;
    return { card: only, isVerified: false, reason };
  }
  const served = cards.map((card) => (card.root && card.root !== card.id ? `${card.id} (${card.root})` : card.id));
  throw new LibraError(
    'LIBRA_ENGINE_WRONG_MODEL',
    `the server serves ${served.join(', ') || 'no model'}, not ${wanted === null ? checkpoint.id : `"${wanted}"`}`,
    {
      hint: `Start it with --served-model-name ${servedName} on ${checkpoint.path}, or name its model in the engine's settings.`,
    },
  );
}

function proves(card: ModelCard, checkpoint: ServedCheckpoint, servedName: string): boolean {
  if (card.fingerprint) return card.fingerprint === checkpoint.fingerprint;
  if (card.id === servedName || card.id === checkpoint.id) return true;
  const paths = pathsOf(checkpoint);
  return [card.id, card.root].some((name) => name?.startsWith('/') && paths.includes(resolve(name)));
}

/** Another fingerprint, another checkpoint's unique name, or a path that ends in another step. */
function contradicts(card: ModelCard, checkpoint: ServedCheckpoint): boolean {
  if (card.fingerprint) return card.fingerprint !== checkpoint.fingerprint;
  if (card.id.startsWith('libra-')) return true;
  const own = /-(\d+)(?:\.\d+)?$/.exec(checkpoint.id)?.[1];
  const steps = [own === undefined ? null : Number(own), ...pathsOf(checkpoint).map(stepIn)].filter(
    (step) => step !== null,
  );
  const claimed = stepIn(card.root ?? card.id);
  return claimed !== null && steps.length > 0 && !steps.includes(claimed);
}

function pathsOf(checkpoint: ServedCheckpoint): string[] {
  return [checkpoint.path, ...(checkpoint.aliases ?? [])].map((path) => resolve(path));
}

/** `…/checkpoint-1500`, `step_1500`, `iter_0001500`: the step a path of a checkpoint ends in. */
function stepIn(name: string): number | null {
  const digits = /(?:checkpoint|step|iter|global_step)[-_]?0*(\d+)(?:\.\d+)?$/i.exec(basename(name))?.[1];
  return digits === undefined ? null : Number(digits);
}

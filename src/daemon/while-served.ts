/** Answers for as long as there is an engine: one that is lost ends the waiting at once. */
import type { ServedModel } from '../inference/serve-checkpoint.ts';

/** @throws the engine's failure, or whatever `batches` throws */
export async function* whileServed<Batch>(
  batches: AsyncGenerator<Batch, void, void>,
  { onFailure }: Pick<ServedModel, 'onFailure'>,
): AsyncGenerator<Batch, void, void> {
  const lost = onFailure.then((error) => Promise.reject(error));
  // Lost after the last answer, it harms nobody.
  lost.catch(() => {});
  try {
    for (;;) {
      const next = await Promise.race([batches.next(), lost]);
      if (next.done) return;
      yield next.value;
    }
  } finally {
    // Not waited for: it may be in the middle of a question that nobody answers any more.
    batches.return().catch(() => {});
  }
}

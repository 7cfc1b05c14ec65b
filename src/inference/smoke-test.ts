/** A short question with a known kind of answer, asked twice, before a checkpoint's evaluation trusts an engine. */
import { LibraError } from '../domain/errors.ts';
import type { LanguageModel } from '../domain/language-model.ts';
import type { Request } from '../domain/request.ts';
import type { Log } from '../system/log.ts';

const SCORING = {
  type: 'loglikelihood',
  context: 'The quick brown fox jumps over the lazy',
  continuation: ' dog',
} as const;
const GENERATING = {
  type: 'generate_until',
  context: 'The quick brown fox',
  until: [],
  maxGenToks: 2,
  temperature: 0,
} as const;

/** Two answers to one question may differ this much (nats): half precision on a busy device, not another model. */
const TOLERATED = 0.05;
/** More than this is worth a line in the log. */
const EXACT = 1e-5;

/**
 * @param needs what the evaluation will ask; without log-likelihoods one generation has to do
 * @throws LibraError LIBRA_ENGINE_NON_FINITE when the weights give no numbers, LIBRA_ENGINE_FAILED when two answers differ
 */
export async function smokeTest(
  model: LanguageModel,
  needs: readonly Request['type'][],
  log: Log,
  signal?: AbortSignal,
): Promise<void> {
  if (needs.every((type) => type === 'generate_until')) {
    await model.generateUntil([GENERATING], signal);
    return;
  }
  const [first] = await model.loglikelihood([SCORING], signal);
  const [second] = await model.loglikelihood([SCORING], signal);
  const [a, b] = [first?.logprob ?? Number.NaN, second?.logprob ?? Number.NaN];
  if (!Number.isFinite(a) || !Number.isFinite(b)) {
    throw new LibraError(
      'LIBRA_ENGINE_NON_FINITE',
      'the weights give log-probabilities that are no numbers (NaN or infinite)',
      {
        hint: 'Look at the loss and the gradient norm of the training before this step; roll back to the last good checkpoint.',
      },
    );
  }
  const difference = Math.abs(a - b);
  if (difference > TOLERATED) {
    throw new LibraError('LIBRA_ENGINE_FAILED', `the engine answered the same question with ${a} and then ${b}`, {
      hint: 'Switch off prefix caching and sampling defaults of the server, or use --engine embedded.',
    });
  }
  if (difference > EXACT) log.warn('the engine is not quite deterministic', { difference });
}

/** Is it the engine that is lost, or only this task that it cannot answer? */
import { LibraError } from '../../domain/errors.ts';
import { HttpError } from '../../system/http.ts';

/** The engine understood and will not, or stumbled over this very request. Keys, addresses and overload are no task's fault. */
const REFUSALS: readonly (number | undefined)[] = [400, 413, 422, 500];

/** True when other tasks of the plan may still be asked. */
export function concernsOneTask(error: unknown): error is LibraError {
  if (error instanceof HttpError) return error.failure === 'status' && REFUSALS.includes(error.reply?.status);
  return error instanceof LibraError && ['LIBRA_ENGINE_NO_LOGPROBS', 'LIBRA_SANDBOX_MISSING'].includes(error.code);
}

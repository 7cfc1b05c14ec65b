/** LanguageModel: anything that answers requests; the seam between inference and evaluation. */
import type {
  GenerateUntilRequest,
  GenerateUntilResponse,
  LoglikelihoodRequest,
  LoglikelihoodResponse,
  LoglikelihoodRollingRequest,
  LoglikelihoodRollingResponse,
} from './request.ts';

/** What answered, so that every score can say where it comes from. */
export interface ModelDescription {
  readonly engine: string;
  readonly engineVersion: string;
  readonly dtype: string;
  readonly device: string;
  /** Longest context + continuation in tokens; null when the engine does not say. */
  readonly maxLength: number | null;
  /** False when a remote engine could not show that it serves this very checkpoint. */
  readonly isVerified: boolean;
  /** Why this engine was chosen, as a clause. */
  readonly reason?: string;
}

/** What scores must share to be compared: engine, number type and kind of device, e.g. `vllm bfloat16 cuda`; versions and device numbers don't count. */
export function engineKind({ engine, dtype, device }: Pick<ModelDescription, 'engine' | 'dtype' | 'device'>): string {
  return [engine, dtype, device.replace(/:\d+$/, '')].join(' ');
}

/**
 * Answers come back in the order asked. Neighbouring loglikelihood requests with the same context are cheap
 * (an engine may share the context's work), so ask for all choices of a doc together.
 * A rejected promise is a LibraError of the `engine` family.
 */
export interface LanguageModel {
  readonly description: ModelDescription;
  loglikelihood(requests: readonly LoglikelihoodRequest[], signal?: AbortSignal): Promise<LoglikelihoodResponse[]>;
  loglikelihoodRolling(
    requests: readonly LoglikelihoodRollingRequest[],
    signal?: AbortSignal,
  ): Promise<LoglikelihoodRollingResponse[]>;
  generateUntil(requests: readonly GenerateUntilRequest[], signal?: AbortSignal): Promise<GenerateUntilResponse[]>;
}

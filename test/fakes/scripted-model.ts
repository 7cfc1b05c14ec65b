/** A LanguageModel that answers as the test says, and remembers what it was asked. */
import type { LanguageModel } from '../../src/domain/language-model.ts';
import type {
  GenerateUntilRequest,
  LoglikelihoodRequest,
  LoglikelihoodRollingRequest,
  Request,
} from '../../src/domain/request.ts';

export interface Script {
  /** Log-probability of a continuation; -1 by default. */
  readonly logprob?: (request: LoglikelihoodRequest) => number;
  /** Generated text; empty by default. */
  readonly text?: (request: GenerateUntilRequest) => string;
  /** Log-probability of a whole text; minus its length by default. */
  readonly rolling?: (request: LoglikelihoodRollingRequest) => number;
  /** Waits before each call is answered, so that a test can look at what is in flight. */
  readonly gate?: (call: number, signal?: AbortSignal) => Promise<void>;
}

export interface ScriptedModel extends LanguageModel {
  /** Requests by call. */
  readonly calls: readonly (readonly Request[])[];
}

export function scriptedModel(script: Script = {}): ScriptedModel {
  const calls: (readonly Request[])[] = [];
  const enter = async (requests: readonly Request[], signal?: AbortSignal) => {
    calls.push(requests);
    await script.gate?.(calls.length, signal);
    signal?.throwIfAborted();
  };
  return {
    calls,
    description: {
      engine: 'scripted',
      engineVersion: '1',
      dtype: 'float32',
      device: 'cpu',
      maxLength: 128,
      isVerified: true,
    },
    loglikelihood: async (requests, signal) => {
      await enter(requests, signal);
      return requests.map((request) => ({ logprob: script.logprob?.(request) ?? -1, isGreedy: false, tokens: 1 }));
    },
    loglikelihoodRolling: async (requests, signal) => {
      await enter(requests, signal);
      return requests.map((request) => ({
        logprob: script.rolling?.(request) ?? -request.text.length,
        tokens: request.text.length,
      }));
    },
    generateUntil: async (requests, signal) => {
      await enter(requests, signal);
      return requests.map((request) => ({
        text: script.text?.(request) ?? '',
        tokens: 1,
        finishReason: 'stop' as const,
      }));
    },
  };
}

/** A LanguageModel over the OpenAI wire: groups, batches, a few requests in flight, answers in the order asked. */
import { LibraError } from '../domain/errors.ts';
import type { LanguageModel, ModelDescription } from '../domain/language-model.ts';
import type { LoglikelihoodRequest } from '../domain/request.ts';
import { type BatchLimits, cutBatches, groupNeighbours, workThrough } from './batches.ts';
import type { EngineConnection } from './engine-connection.ts';
import { generate, settingOf } from './generate.ts';
import type { ScoreGroup, Wire } from './wire.ts';

export interface CompletionsClientOptions {
  readonly connection: EngineConnection;
  /** The model's id on the server. */
  readonly model: string;
  /** How log-probabilities are asked for; null when the server has none. */
  readonly wire: Wire | null;
  readonly description: ModelDescription;
  /** Requests under way at the same time; 3 by default: one is computed, one waits, one is being written. */
  readonly inFlight?: number;
  /** One scoring request: 64 continuations or 100,000 characters by default. */
  readonly scoring?: BatchLimits;
  /** One generation request: 32 prompts or 200,000 characters by default. */
  readonly generation?: BatchLimits;
}

export function createCompletionsClient(options: CompletionsClientOptions): LanguageModel {
  const { connection, model, description, inFlight = 3 } = options;
  const scoring = options.scoring ?? { items: 64, characters: 100_000 };
  const generation = options.generation ?? { items: 32, characters: 200_000 };

  function wireOrThrow(): Wire {
    if (options.wire !== null) return options.wire;
    throw new LibraError('LIBRA_ENGINE_NO_LOGPROBS', `${connection.base} gives no log-probabilities of a prompt`, {
      hint: 'Use an engine that does (embedded, vLLM, SGLang), or only tasks that generate text.',
    });
  }

  return {
    description,
    async loglikelihood(requests, signal) {
      const wire = wireOrThrow();
      const groups = groupNeighbours(requests, (request) => request.context).map(toGroup);
      const batches = cutBatches(groups, scoring, sizeOfGroup);
      const answers = await workThrough(batches, inFlight, (batch, stop) => wire.score(batch, stop), signal);
      return answers.flat(2);
    },
    async loglikelihoodRolling(requests, signal) {
      const wire = wireOrThrow();
      const texts = requests.map((request) => request.text);
      const batches = cutBatches(texts, scoring, (text) => ({ items: 1, characters: text.length }));
      const answers = await workThrough(batches, inFlight, (batch, stop) => wire.scoreRolling(batch, stop), signal);
      return answers.flat();
    },
    async generateUntil(requests, signal) {
      const batches = groupNeighbours(requests, settingOf).flatMap((alike) =>
        cutBatches(alike, generation, (request) => ({ items: 1, characters: request.context.length })),
      );
      const setting = { connection, model, fields: options.wire?.generationFields ?? {} };
      const answers = await workThrough(
        batches,
        inFlight,
        async (batch, stop) => {
          const contexts = batch.map((request) => request.context);
          const prompts = (await options.wire?.prompts(contexts, batch[0]!.maxGenToks, stop)) ?? contexts;
          return generate(setting, batch, prompts, stop);
        },
        signal,
      );
      return answers.flat();
    },
  };
}

function toGroup(requests: readonly LoglikelihoodRequest[]): ScoreGroup {
  return { context: requests[0]?.context ?? '', continuations: requests.map((request) => request.continuation) };
}

function sizeOfGroup({ context, continuations }: ScoreGroup): BatchLimits {
  const characters = continuations.reduce((sum, text) => sum + text.length + context.length, 0);
  return { items: continuations.length, characters };
}

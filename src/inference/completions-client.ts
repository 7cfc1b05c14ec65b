/** A LanguageModel over the OpenAI wire: groups, batches, a few requests in flight, answers in the order asked. */
import { LibraError } from '../domain/errors.ts';
import type { LanguageModel, ModelDescription } from '../domain/language-model.ts';
import type { LoglikelihoodRequest, ResponseTiming } from '../domain/request.ts';
import { type Clock, systemClock } from '../system/clock.ts';
import { type BatchLimits, endOfBatch, groupNeighbours } from './batches.ts';
import type { EngineConnection } from './engine-connection.ts';
import { generateBySeed, settingOf } from './generate.ts';
import { createHands } from './hands.ts';
import { keepPace, type Pace } from './pace.ts';
import type { ScoreGroup, Wire } from './wire.ts';

export interface CompletionsClientOptions {
  readonly connection: EngineConnection;
  /** The model's id on the server. */
  readonly model: string;
  /** How log-probabilities are asked for; null when the server has none. */
  readonly wire: Wire | null;
  readonly description: ModelDescription;
  /** Requests under way at the same time, all calls together; 3 by default: one is computed, one waits, one is being written. */
  readonly inFlight?: number;
  /** The first scoring requests: 64 continuations or 100,000 characters by default; later ones up to what the wire takes. */
  readonly scoring?: BatchLimits;
  /** One generation request: 32 prompts or 200,000 characters by default. */
  readonly generation?: BatchLimits;
  readonly clock?: Clock;
}

export function createCompletionsClient(options: CompletionsClientOptions): LanguageModel {
  const { connection, model, description, inFlight = 3, clock = systemClock } = options;
  const scoring = options.scoring ?? { items: 64, characters: 100_000 };
  const generation = options.generation ?? { items: 32, characters: 200_000 };
  const hands = createHands(inFlight);
  const scoringPace = keepPace({
    first: scoring,
    most: options.scoring ?? options.wire?.largestBatch ?? scoring,
    quickMs: 3_000,
    slowMs: 30_000,
  });
  // Sequences that are decoded together are cheap, so many at once are right even when they take a while.
  const generationPace = keepPace({ first: generation, most: generation, quickMs: 60_000, slowMs: 150_000 });

  /** Every answer of a call took as long as the call, unless the engine tells more of it. */
  async function timed<R, S>(
    pace: Pace,
    work: () => Promise<R>,
    each: (answers: R, timing: ResponseTiming) => S,
  ): Promise<S> {
    const since = clock.monotonic();
    const sentAt = clock.now();
    const answers = await work();
    const ms = clock.monotonic() - since;
    pace.answered(ms);
    return each(answers, { sentAt, seconds: ms / 1000 });
  }

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
      const endOf = (start: number) => endOfBatch(groups, start, scoringPace.limits, { sizeOf: sizeOfGroup });
      const ask = (batch: readonly ScoreGroup[], stop: AbortSignal) =>
        timed(
          scoringPace,
          () => wire.score(batch, stop),
          (groups, timing) => groups.map((answers) => answers.map((answer) => ({ ...answer, timing }))),
        );
      return (await hands.workThrough(groups, endOf, ask, signal)).flat();
    },
    async loglikelihoodRolling(requests, signal) {
      const wire = wireOrThrow();
      const texts = requests.map((request) => request.text);
      const sizeOf = (text: string) => ({ items: 1, characters: text.length });
      const endOf = (start: number) => endOfBatch(texts, start, scoringPace.limits, { sizeOf });
      const ask = (batch: readonly string[], stop: AbortSignal) =>
        timed(
          scoringPace,
          () => wire.scoreRolling(batch, stop),
          (answers, timing) => answers.map((answer) => ({ ...answer, timing })),
        );
      return hands.workThrough(texts, endOf, ask, signal);
    },
    async generateUntil(requests, signal) {
      const setting = { connection, model, fields: options.wire?.generationFields ?? {} };
      const endOf = (start: number) =>
        endOfBatch(requests, start, generationPace.limits, {
          sizeOf: ({ context }) => ({ items: 1, characters: context.length }),
          keyOf: settingOf,
        });
      return hands.workThrough(
        requests,
        endOf,
        async (batch, stop) => {
          const contexts = batch.map((request) => request.context);
          const prompts = (await options.wire?.prompts(contexts, batch[0]!.maxGenToks, stop)) ?? contexts;
          return timed(
            generationPace,
            () => generateBySeed(setting, batch, prompts, stop),
            (answers, timing) => answers.map(({ told, ...answer }) => ({ ...answer, timing: { ...timing, ...told } })),
          );
        },
        signal,
      );
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

/**
 * A plan's tasks -> one stream of questions to the model. Tasks are asked in the order given and a batch never mixes two of them
 * (docs of one task share their few-shot prefix), but the next batches are under way before the oldest is answered, also over the
 * border between tasks, so that the engine never waits for us.
 */
import { setImmediate } from 'node:timers/promises';
import { LibraError } from '../../domain/errors.ts';
import type { LanguageModel } from '../../domain/language-model.ts';
import type { GenerateUntilResponse, Request, Response } from '../../domain/request.ts';
import type { Sample } from '../../domain/sample.ts';
import { type Executions, executeAnswers, needsExecution } from '../execution/execute-answers.ts';
import type { Execute } from '../execution/executor.ts';
import type { Task } from '../task.ts';
import { type Ask, type Asked, type AskedCounts, createAsker } from './ask.ts';
import { type PreparedDoc, prepareDocs } from './build-requests.ts';
import { concernsOneTask } from './concerns-one-task.ts';
import { fitAnswers } from './fit-answers.ts';
import { sampleOf } from './make-sample.ts';
import type { ResponseCache } from './response-cache.ts';

export interface PlannedTask {
  readonly task: Task;
  /** Docs [0, docs) of the fixed order, or those at these indexes; what lies behind the last doc there is does not count. */
  readonly docs: number | readonly number[];
}

export interface EvaluatePlanOptions {
  readonly plan: readonly PlannedTask[];
  readonly model: LanguageModel;
  /** Answers of these very weights to earlier questions; null to ask everything. */
  readonly cache?: ResponseCache | null | undefined;
  /** Runs the programs in answers; without it tasks that need it fail. */
  readonly execute?: Execute | null | undefined;
  /** Docs of one batch, at most. */
  readonly batchDocs?: number | undefined;
  /** Docs asked and not yet kept, at most: what a crash costs. Two batches by default: one is computed, one waits. */
  readonly openDocs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The next docs of one task, answered; or why this task can't go on (the others do). */
export interface AnsweredBatch {
  /** Place of the task in the plan. */
  readonly place: number;
  /** In the order of its docs, behind those of the batch before of the same place. Empty when it failed. */
  readonly samples: readonly Sample[];
  readonly error: LibraError | null;
  readonly counts: AskedCounts;
}

/** Two of them are 96 docs: enough to keep an engine's batches full, few enough that a crash costs little. */
export const BATCH_DOCS = 48;

const NOTHING_ASKED: AskedCounts = { asked: 0, reused: 0, repeated: 0, tokens: 0 };

interface Stretch {
  readonly place: number;
  readonly task: Task;
  /** Indexes in the fixed order. */
  readonly docs: readonly number[];
}

interface OpenBatch extends Stretch {
  readonly prepared: readonly PreparedDoc[];
  readonly outcome: Promise<Answered | { readonly error: unknown }>;
}

interface Answered extends Asked {
  /** By doc of the batch; null where nothing was run. */
  readonly executions: readonly (Executions | null)[];
}

/**
 * Yields every batch once it is answered, the oldest first. A batch counts as kept when the caller comes back for the next one;
 * before that no more than `openDocs` docs are under way. A doc without a finite answer is a sample without values.
 * A task that failed is not asked at its later places either, so what is kept of it is always the first of its docs.
 * @throws LibraError of the engine family when the model can't answer at all; the signal's reason when aborted
 */
export async function* evaluatePlan(options: EvaluatePlanOptions): AsyncGenerator<AnsweredBatch, void, void> {
  const { plan, batchDocs = BATCH_DOCS } = options;
  const { openDocs = 2 * batchDocs } = options;
  const leaving = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, leaving.signal]) : leaving.signal;
  const answer = createAnswerer(options, signal);
  const stretches = stretchesOf(plan, batchDocs);
  const failed = new Set<string>();
  const open: OpenBatch[] = [];
  let waiting = stretches.next().value;
  let docsOpen = 0;
  const fill = () => {
    while (waiting && (open.length === 0 || docsOpen + waiting.docs.length <= openDocs)) {
      if (!failed.has(nameOf(waiting))) {
        open.push(begin(waiting, answer));
        docsOpen += waiting.docs.length;
      }
      waiting = stretches.next().value;
    }
  };
  try {
    for (fill(); open.length > 0; fill()) {
      const oldest = open.shift()!;
      const outcome = await oldest.outcome;
      // Answers that were known come without a turn of the event loop, and others want to live too.
      await setImmediate();
      options.signal?.throwIfAborted();
      if (!failed.has(nameOf(oldest))) {
        const batch = settle(oldest, outcome);
        if (batch.error !== null) failed.add(nameOf(oldest));
        yield batch;
        options.signal?.throwIfAborted();
      }
      docsOpen -= oldest.docs.length;
    }
  } finally {
    leaving.abort();
  }
}

/** Task by task, each cut into batches of like size, so that none ends with a crumb. */
function* stretchesOf(plan: readonly PlannedTask[], batchDocs: number): Generator<Stretch, undefined, void> {
  for (const [place, planned] of plan.entries()) {
    const { task } = planned;
    const docs = indexesOf(planned);
    const batches = Math.ceil(docs.length / batchDocs);
    const at = (count: number) => Math.ceil((docs.length * count) / batches);
    for (let batch = 0; batch < batches; batch++) {
      yield { place, task, docs: docs.slice(at(batch), at(batch + 1)) };
    }
  }
}

function indexesOf({ task, docs }: PlannedTask): readonly number[] {
  const size = task.docs.length;
  if (typeof docs !== 'number') return docs.filter((index) => index < size);
  return Array.from({ length: Math.min(docs, size) }, (_, index) => index);
}

const nameOf = ({ task }: Stretch): string => task.summary.name;

type AnswerBatch = (stretch: Stretch, prepared: readonly PreparedDoc[]) => Promise<Answered>;

function begin(stretch: Stretch, answer: AnswerBatch): OpenBatch {
  const prepared = prepareDocs(stretch.task, stretch.docs);
  // A rejection must not go unhandled while older batches are waited for.
  const outcome = answer(stretch, prepared).catch((error: unknown) => ({ error }));
  return { ...stretch, prepared, outcome };
}

/** Asks the model; programs are run as soon as their answers are there, while it works on the next ones. */
function createAnswerer(options: EvaluatePlanOptions, signal: AbortSignal): AnswerBatch {
  const { model, cache = null, execute = null } = options;
  const ask: Ask = createAsker(model, cache);
  return async (stretch, prepared) => {
    const runs = needsExecution(stretch.task);
    if (runs && execute === null) {
      throw new LibraError('LIBRA_SANDBOX_MISSING', 'This task runs generated code, and there is no sandbox for it.', {
        hint: 'See `libra doctor`; no generated code runs outside of a sandbox.',
      });
    }
    const asked = await ask(fitAnswers(requestsOf(prepared), model.description.maxLength), signal);
    if (!runs || execute === null) return { ...asked, executions: prepared.map(() => null) };
    const responses = eachOf(prepared, asked.responses);
    const texts = responses.map((own) => (own as readonly GenerateUntilResponse[]).map(({ text }) => text));
    const answered = texts.flatMap((own, offset) =>
      own.length === 0 ? [] : [{ doc: stretch.task.docs[stretch.docs[offset]!]!, texts: own }],
    );
    const executed = await executeAnswers(stretch.task, answered, execute, signal);
    let at = 0;
    return { ...asked, executions: texts.map((own) => (own.length === 0 ? null : executed[at++]!)) };
  };
}

/** The responses to each doc's requests; none for one that could not be asked. */
function eachOf(docs: readonly PreparedDoc[], responses: readonly Response[]): (readonly Response[])[] {
  let at = 0;
  return docs.map((doc) => {
    const from = at;
    at += 'requests' in doc ? doc.requests.length : 0;
    return responses.slice(from, at);
  });
}

function requestsOf(docs: readonly PreparedDoc[]): Request[] {
  return docs.flatMap((doc) => ('requests' in doc ? doc.requests : []));
}

function settle(
  { place, task, docs, prepared }: OpenBatch,
  outcome: Answered | { readonly error: unknown },
): AnsweredBatch {
  if ('error' in outcome) {
    if (!concernsOneTask(outcome.error)) throw outcome.error;
    return { place, samples: [], error: outcome.error, counts: NOTHING_ASKED };
  }
  const responses = eachOf(prepared, outcome.responses);
  const samples = prepared.map((doc, offset) =>
    sampleOf(task, docs[offset]!, doc, responses[offset]!, outcome.executions[offset]),
  );
  return { place, samples, error: null, counts: outcome.counts };
}

/** One side of a comparison: what was measured on a checkpoint, and how to recognise its docs on the other side. */
import { LibraError, messageOf } from '../domain/errors.ts';
import type { Answer } from '../domain/sample.ts';
import type { Outcomes } from '../domain/score.ts';
import type { ImportTrouble } from '../evaluation/harness/recorded.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { ImportedDoc } from '../store/imported-docs.ts';
import type { Store } from '../store/open-store.ts';
import { findCheckpoint } from './find-checkpoint.ts';
import { openTaskLabels } from './imported-labels.ts';
import { openSegmentBook } from './imported-segments.ts';
import { readImported } from './keep-imported.ts';
import { findRecordedCheckpoints } from './recorded-checkpoints.ts';

export interface ComparisonSide {
  /** As it is shown. */
  readonly name: string;
  readonly run: string | null;
  /** Null for a folder of results. */
  readonly checkpoint: string | null;
  readonly step: number | null;
  readonly path: string;
  readonly tasks: ReadonlyMap<string, SideTask>;
  readonly troubles: readonly ImportTrouble[];
}

export interface SideTask {
  readonly name: string;
  readonly capabilities: readonly string[];
  readonly primaryMetric: string;
  readonly taskHash: string;
  /** How it was asked, where it was asked elsewhere; null for our own evaluations, whose hash says it all. */
  readonly recipe: Readonly<Record<string, unknown>> | null;
  /** By metric. */
  readonly outcomes: ReadonlyMap<string, Outcomes>;
  /** Docs in their order, where they have more than their place to be recognised by. */
  readonly docs: readonly ImportedDoc[] | null;
  /** What was answered to the docs at these places; only those that are known. */
  readonly texts: (places: readonly number[]) => ReadonlyMap<number, SideText>;
}

export interface SideText {
  readonly docId: string;
  readonly question: string;
  readonly expected: string;
  /** Null where a doc has no answer but numbers. */
  readonly answer: string | null;
}

/**
 * A checkpoint of a run that has scores, however it is named; a run stands for its newest one.
 * @throws LIBRA_NOT_FOUND, LIBRA_RUN_UNKNOWN
 */
export function findComparable(store: Store, text: string): StoredCheckpoint {
  return requireEvaluated(store, findCheckpoint(store, text, 'evaluated'));
}

function requireEvaluated(store: Store, checkpoint: StoredCheckpoint): StoredCheckpoint {
  if (store.scores.ofCheckpoint(checkpoint.id).length > 0) return checkpoint;
  throw notFound(
    `${checkpoint.id} has no scores: it is ${checkpoint.state}${checkpoint.reason ? ` (${checkpoint.reason})` : ''}.`,
    'Wait for its evaluation, or name another one.',
  );
}

function notFound(message: string, hint: string): LibraError {
  return new LibraError('LIBRA_NOT_FOUND', message, { hint });
}

export function sideOfCheckpoint(store: Store, { id, run, step, path }: StoredCheckpoint): ComparisonSide {
  const segments = new Map(
    store.importedDocs.segments(run).map((one) => [`${one.task}\n${one.taskHash}`, one.recipe] as const),
  );
  const outcomes = store.scores.outcomesOf(id);
  const provenance = new Map(store.provenance.ofCheckpoint(id).map((one) => [one.task, one]));
  const tasks = [...new Set(outcomes.map(({ task }) => task))].flatMap((name): [string, SideTask][] => {
    const own = provenance.get(name);
    // Before provenance was kept, a task is shown by what was measured of it.
    const taskHash = own?.taskHash ?? outcomes.findLast(({ task }) => task === name)!.taskHash;
    const measured = outcomes.filter((one) => one.task === name && one.taskHash === taskHash);
    const recipe = segments.get(`${name}\n${taskHash}`) ?? null;
    const docs = recipe === null ? null : store.importedDocs.ofSegment(run, name, taskHash);
    const task: SideTask = {
      name,
      capabilities: own?.capabilities ?? [],
      primaryMetric: own?.primaryMetric ?? measured[0]?.metric ?? '',
      taskHash,
      recipe,
      outcomes: new Map(measured.map((one) => [one.metric, one])),
      docs,
      texts: (places) => {
        const wanted = new Set(places);
        const samples = store.answers.ofCheckpoint(id, name, taskHash).filter(({ index }) => wanted.has(index));
        return new Map(
          samples.map(({ index, docId, answer }) => [
            index,
            {
              docId,
              question: docs?.[index]?.question ?? '',
              expected: docs?.[index]?.expected ?? '',
              answer: sayAnswer(answer),
            },
          ]),
        );
      },
    };
    return measured.length === 0 ? [] : [[name, task]];
  });
  return { name: id, run, checkpoint: id, step, path, tasks: new Map(tasks), troubles: [] };
}

/** A choice is named by its number: its text is in the task's data. */
function sayAnswer(answer: Answer | null): string | null {
  if (answer?.kind === 'text') return answer.text;
  if (answer?.kind !== 'choice') return null;
  const best = answer.logprobs.reduce((at, value, i) => (value > answer.logprobs[at]! ? i : at), 0);
  return `choice ${best + 1}`;
}

/**
 * A folder of lm-evaluation-harness's results (or one results file), without any database.
 * @param step of the checkpoint that is meant, where the folder holds several
 * @throws LIBRA_NOT_FOUND when there are no results of one checkpoint
 */
export async function sideOfFolder(path: string, step: number | null = null): Promise<ComparisonSide> {
  const recorded = await findRecordedCheckpoints(path, 0).catch((error: unknown) => {
    throw notFound(
      `${path} can't be read: ${messageOf(error)}.`,
      'Name a folder with results of lm-evaluation-harness.',
    );
  });
  const wanted = recorded.checkpoints.filter((one) => step === null || one.step === step);
  const [only, ...others] = wanted;
  if (only === undefined) {
    const [trouble] = recorded.troubles;
    throw notFound(
      `There are no results of lm-evaluation-harness${step === null ? '' : ` of step ${step}`} in ${path}.`,
      trouble === undefined ? 'Name the folder that holds results*.json.' : `${trouble.path}: ${trouble.reason}`,
    );
  }
  if (others.length > 0) {
    const steps = wanted.map((one) => one.step);
    const shown = steps.length > 8 ? `${steps.slice(0, 8).join(', ')}, ...` : steps.join(', ');
    throw notFound(
      `${path} holds results of ${steps.length} checkpoints.`,
      `Name one of them, as ${path}@${steps[0]} (${shown}).`,
    );
  }
  const book = openSegmentBook(null);
  const labels = await openTaskLabels(null, '', { capabilities: {} }, { checkpoints: [only], troubles: [] });
  const troubles = [...recorded.troubles];
  const taken = await readImported(only, labels, book, troubles);
  const tasks = (taken?.tasks ?? []).map(({ provenance, outcomes, scores, samples }): [string, SideTask] => {
    const { task: name, taskHash, capabilities, primaryMetric } = provenance;
    const docs = book.docs(name, taskHash);
    const known = outcomes.map((one) =>
      withSummary(
        one,
        scores.find(({ metric }) => metric === one.metric),
      ),
    );
    const byPlace = new Map(samples.map((sample) => [sample.index, sample]));
    return [
      name,
      {
        name,
        capabilities,
        primaryMetric,
        taskHash,
        recipe: book.segment(name, taskHash)?.recipe ?? {},
        outcomes: new Map(known.map((one) => [one.metric, one])),
        docs,
        texts: (places) =>
          new Map(
            places.flatMap((place) => {
              const [doc, sample] = [docs[place], byPlace.get(place)];
              if (doc === undefined || sample === undefined) return [];
              const { id: docId, question, expected } = doc;
              return [[place, { docId, question, expected, answer: sayAnswer(sample.answer) }] as const];
            }),
          ),
      },
    ];
  });
  return { name: path, run: null, checkpoint: null, step: step ?? null, path, tasks: new Map(tasks), troubles };
}

/** As the store gives them back. */
function withSummary(
  outcomes: Outcomes,
  score: { readonly value: number; readonly stderr: number; readonly n: number } | undefined,
): Outcomes {
  if (outcomes.values.length > 0 || score === undefined) return outcomes;
  return { ...outcomes, summary: { value: score.value, stderr: score.stderr, n: score.n } };
}

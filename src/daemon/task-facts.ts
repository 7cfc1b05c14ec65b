/** What verdicts and alerts must know of the tasks, worked out once at start. */
import { guessLanguage } from '../alert/language.ts';
import type { Config } from '../config/schema.ts';
import type { TaskSummary } from '../domain/task.ts';
import { questionText } from '../evaluation/asking/describe-doc.ts';
import { clustersOf } from '../evaluation/asking/doc-clusters.ts';
import { chanceLevel } from '../evaluation/scoring/chance-level.ts';
import type { Task } from '../evaluation/task.ts';
import type { JudgeOptions } from '../trend/judge.ts';
import type { DocClusters } from '../trend/read-history.ts';
import { THRESHOLDS } from '../trend/scan.ts';

export interface TaskFacts {
  readonly summaries: readonly TaskSummary[];
  /** Chance level by task, where there is one. */
  readonly chance: Readonly<Record<string, number>>;
  /** Language by task, where it shows. */
  readonly languageOf: Readonly<Record<string, string>>;
  judgeOptions(config: Config): JudgeOptions;
}

const DOCS_READ = 20;

/** Perturbed variants have no verdicts of their own. */
export function learnTaskFacts(all: readonly Task[]): TaskFacts {
  const tasks = all.filter(({ summary }) => summary.variant === undefined);
  const chance: Record<string, number> = {};
  const languageOf: Record<string, string> = {};
  for (const task of tasks) {
    const { name } = task.summary;
    const level = chanceLevel(task);
    if (level !== null) chance[name] = level;
    const language = guessLanguage(
      name,
      task.docs.slice(0, DOCS_READ).map((doc) => questionText(task, doc)),
    );
    if (language !== undefined) languageOf[name] = language;
  }
  let clusters: DocClusters | null = null;
  return taskFacts(
    tasks.map((task) => task.summary),
    chance,
    languageOf,
    () => {
      clusters ??= clustersByTask(tasks);
      return clusters;
    },
  );
}

/** A column that looks like a passage and has fewer values than this is taken for something else; one that the task file names is believed. */
const FEWEST_CLUSTERS = 20;

function clustersByTask(tasks: readonly Task[]): DocClusters {
  const known: Record<string, ArrayLike<number>> = {};
  for (const { summary, docs, settings } of tasks) {
    const clusters = clustersOf(
      docs.map(({ fields }) => fields),
      settings.clusterBy,
    );
    if (clusters === null) continue;
    if (settings.clusterBy !== null || new Set(clusters).size >= FEWEST_CLUSTERS) known[summary.name] = clusters;
  }
  return known;
}

/** The same of tasks of which nothing but this is known. */
export function taskFacts(
  summaries: readonly TaskSummary[],
  chance: Readonly<Record<string, number>>,
  languageOf: Readonly<Record<string, string>>,
  clusters: () => DocClusters = () => ({}),
): TaskFacts {
  return {
    summaries,
    chance,
    languageOf,
    judgeOptions: ({ alerts: { thresholds } }) => ({
      chance,
      clusters: clusters(),
      smallestEffects: thresholds.min_drop,
      thresholds: {
        ...THRESHOLDS,
        single: thresholds.single,
        several: thresholds.several,
        suspected: thresholds.suspected,
      },
    }),
  };
}

/** Tasks -> the same tasks and their perturbed variants: tasks of their own that ask the same docs otherwise. */
import type { TaskMetric } from '../../domain/task.ts';
import { stableId } from '../../system/hash.ts';
import { canonicalJson } from '../../system/json.ts';
import { ROBUSTNESS_METRICS, robustnessMetric } from '../scoring/robustness.ts';
import type { Task } from '../task.ts';
import { findPerturbations, revisionsOf } from './find-perturbations.ts';
import { perturbDocs } from './perturb-docs.ts';
import type { Perturbation } from './perturbation.ts';

export interface PerturbOptions {
  /** Names, see perturbations/. */
  readonly perturbations: readonly string[];
  /** Docs of each task that are asked otherwise, the first of its fixed order. */
  readonly docs: number;
  readonly seed: number;
}

/** A perturbation that does not fit a task, and why: a clause. */
export interface NotPerturbed {
  readonly task: string;
  readonly perturbation: string;
  readonly reason: string;
}

export interface PerturbedTasks {
  /** Each task with its variants behind it. */
  readonly tasks: readonly Task[];
  readonly notPerturbed: readonly NotPerturbed[];
}

/** @throws LibraError LIBRA_CONFIG_INVALID for a perturbation that does not exist */
export async function perturbTasks(tasks: readonly Task[], options: PerturbOptions): Promise<PerturbedTasks> {
  const perturbations = findPerturbations(options.perturbations);
  const all: Task[] = [];
  const notPerturbed: NotPerturbed[] = [];
  for (const task of tasks) {
    const variants: Task[] = [];
    for (const perturbation of perturbations) {
      const variant = await perturbTask(task, perturbation, options);
      if (typeof variant !== 'string') variants.push(variant);
      else notPerturbed.push({ task: task.summary.name, perturbation: perturbation.name, reason: variant });
    }
    all.push(variants.length === 0 ? task : withRobustnessMetrics(task, variants), ...variants);
  }
  return { tasks: all, notPerturbed };
}

/** Name of a task's variant: no task file can have one like it by chance. */
export const variantName = (task: string, perturbation: string): string => `${task}~${perturbation}`;

/** The variant, or why there is none: a clause. */
async function perturbTask(
  task: Task,
  perturbation: Perturbation,
  { docs, seed }: Pick<PerturbOptions, 'docs' | 'seed'>,
): Promise<Task | string> {
  const primary = task.measures[0]!;
  if (primary.metric.unit !== 'proportion' || !['mean', 'nanmean'].includes(primary.aggregation)) {
    return `its first metric, ${primary.id}, is no mean of right and wrong answers`;
  }
  const perturbed = await perturbDocs(task, perturbation, docs, seed);
  if (typeof perturbed === 'string') return perturbed;
  const { changed, questions, fields } = perturbed;
  if (changed === 0) return `it changes nothing in the first ${perturbed.docs.length} docs`;
  const name = variantName(task.summary.name, perturbation.name);
  const { reader } = task;
  return {
    ...task,
    summary: {
      ...task.summary,
      name,
      // Not over the changed docs: asking more of them later must not begin another series.
      hash: stableId(
        task.summary.hash,
        canonicalJson({ revisions: revisionsOf(perturbation), seed, fields, perturbing: task.settings.perturbing }),
      ),
      capabilities: [],
      size: perturbed.docs.length,
      variant: { of: task.summary.name, perturbation: perturbation.name, changed },
    },
    settings: { ...task.settings, name, alias: `${task.settings.alias}~${perturbation.name}`, capabilities: [] },
    docs: perturbed.docs,
    reader:
      questions.size === 0
        ? reader
        : { ...reader, text: (row) => (questions.has(row) ? questions.get(row) : reader.text(row)) },
  };
}

/** The original says what is measured of it beside its own metrics. */
function withRobustnessMetrics(task: Task, variants: readonly Task[]): Task {
  const higherIsBetter = task.measures[0]!.higherIsBetter;
  const perturbations = [null, ...variants.map(({ summary }) => summary.variant!.perturbation)];
  const metrics = perturbations.flatMap((perturbation) =>
    ROBUSTNESS_METRICS.map(
      (kind): TaskMetric => ({
        metric: robustnessMetric(kind, perturbation),
        higherIsBetter: kind === 'drop' ? false : higherIsBetter,
        options: {},
        family: 'robustness',
      }),
    ),
  );
  return { ...task, summary: { ...task.summary, metrics: [...task.summary.metrics, ...metrics] } };
}

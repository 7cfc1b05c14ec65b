/** Answers of several docs -> what became of their programs, for each filter pipeline that is scored by running them. */
import type { Execution } from '../../domain/sample.ts';
import { filterTexts } from '../scoring/score-doc.ts';
import type { FilterPipeline, Task, TaskDoc } from '../task.ts';
import type { Execute } from './executor.ts';
import { type Program, programOf } from './program.ts';

/** By pipeline, in the order of the answers it leaves. */
export type Executions = Readonly<Record<string, readonly Execution[]>>;

export interface AnsweredTexts {
  readonly doc: TaskDoc;
  readonly texts: readonly string[];
}

/** Pipelines whose answers must be run. */
export function pipelinesToRun(task: Task): FilterPipeline[] {
  return [...new Set(task.measures.filter(({ metric }) => metric.needsExecution).map(({ pipeline }) => pipeline))];
}

export function needsExecution(task: Task): boolean {
  return pipelinesToRun(task).length > 0;
}

/** A doc whose templates or filters do not fit it is null: it has no value, and the others do. */
export async function executeAnswers(
  task: Task,
  answered: readonly AnsweredTexts[],
  execute: Execute,
  signal: AbortSignal,
): Promise<(Executions | null)[]> {
  const programs: Program[] = [];
  const plans = answered.map(({ doc, texts }) => {
    try {
      const parts = pipelinesToRun(task).map((pipeline) => ({
        name: pipeline.name,
        programs: filterTexts(pipeline, doc, texts).map((text) => programOf(task.settings.execution!, doc, text)),
      }));
      return parts.map((part) => ({
        name: part.name,
        from: programs.push(...part.programs) - part.programs.length,
        count: part.programs.length,
      }));
    } catch {
      return null;
    }
  });
  const outcomes = await execute(programs, signal);
  return plans.map(
    (plan) =>
      plan &&
      Object.fromEntries(plan.map(({ name, from, count }) => [name, outcomes.slice(from, from + count)] as const)),
  );
}

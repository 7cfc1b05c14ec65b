/** What verdicts must know of the tasks of a run whose task files are not here: as the scores' provenance has it. */
import { guessLanguage } from '../alert/language.ts';
import type { TaskSummary } from '../domain/task.ts';
import type { StoredCheckpoint } from '../store/checkpoints.ts';
import type { Store } from '../store/open-store.ts';
import { type TaskFacts, taskFacts } from './task-facts.ts';

/** Tasks of this checkpoint and of the one before: a task that just went missing is a gap, one that is long gone is not missed. */
export function factsOfRun(
  store: Store,
  checkpoint: StoredCheckpoint,
  chance: Readonly<Record<string, number>>,
): TaskFacts {
  const evaluated = store.checkpoints
    .ofRun(checkpoint.run)
    .filter(({ state, step }) => state === 'evaluated' && step <= checkpoint.step)
    .slice(-2);
  const newest = new Map(
    evaluated.flatMap(({ id }) => store.provenance.ofCheckpoint(id).map((one) => [one.task, one] as const)),
  );
  const summaries = [...newest.values()].map(
    (one): TaskSummary => ({
      name: one.task,
      version: one.taskVersion,
      hash: one.taskHash,
      capabilities: one.capabilities,
      card: { kinds: [], licence: null, source: null, notice: null },
      outputType: 'multiple_choice',
      numFewshot: one.fewshot.shots,
      metrics: [
        { metric: one.primaryMetric, higherIsBetter: true, options: {} },
        ...one.probes.map(({ metric, probe }) => ({ metric, probe, higherIsBetter: true, options: {} })),
      ],
      primaryMetric: one.primaryMetric,
      size: one.docs.of,
    }),
  );
  const languages = summaries.flatMap(({ name }) => {
    const language = guessLanguage(name);
    return language === undefined ? [] : [[name, language] as const];
  });
  return taskFacts(summaries, chance, Object.fromEntries(languages));
}

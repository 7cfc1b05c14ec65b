/** Which capabilities imported tasks count into, and which of their metrics is judged: one answer over the whole run. */
import type { Config } from '../config/schema.ts';
import { libraryFactsOf } from '../evaluation/tasks/library-facts.ts';
import type { Store } from '../store/open-store.ts';
import { configuredLabels } from './load-watched-tasks.ts';
import type { TaskLabels } from './measure-recorded.ts';
import type { RecordedMeasurement, RecordedRun } from './recorded-checkpoints.ts';

export interface LabelBook {
  of(task: RecordedMeasurement): TaskLabels;
  /** What was judged by a metric is judged by it from then on. */
  learn(taken: {
    readonly tasks: readonly { readonly provenance: { readonly task: string; readonly primaryMetric: string } }[];
  }): void;
}

/**
 * Labels come from the files' own metadata, the built-in library and the configuration, all together;
 * the metric from what the run was judged by before, else from the library, else it is the file's first.
 * @param store with the run it belongs to; null for evaluations that belong to none
 */
export async function openTaskLabels(
  store: Store | null,
  run: string,
  config: Pick<Config, 'capabilities'>,
  { checkpoints }: RecordedRun,
): Promise<LabelBook> {
  const names = new Set(checkpoints.flatMap(({ tasks }) => tasks.map(({ name }) => name)));
  const library = await libraryFactsOf(names);
  const judgedBy = new Map<string, string>();
  for (const { id } of store?.checkpoints.ofRun(run) ?? []) {
    for (const one of store!.provenance.ofCheckpoint(id)) judgedBy.set(one.task, one.primaryMetric);
  }
  return {
    of({ name, task }) {
      const known = library.get(name);
      return {
        capabilities: [
          ...new Set([
            ...(known?.capabilities ?? task?.capabilities ?? []),
            ...configuredLabels(name, config.capabilities),
          ]),
        ],
        primary: [judgedBy.get(name), known?.primaryMetric].filter((metric) => metric != null),
      };
    },
    learn({ tasks }) {
      for (const { provenance } of tasks) judgedBy.set(provenance.task, provenance.primaryMetric);
    },
  };
}

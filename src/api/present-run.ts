/** A run as the API gives it. */
import type { Evaluation } from '../domain/evaluation.ts';
import type { StoredLineage } from '../store/lineage.ts';
import type { RunModel } from '../store/run-models.ts';
import type { RunOverview } from '../store/runs.ts';
import type { WatchCloserRepo } from '../store/watch-closer.ts';
import { rfc3339 } from '../system/clock.ts';
import type { RunReply } from './contract.ts';
import { presentCheckpoint } from './present.ts';

export function presentRun(
  overview: RunOverview,
  newest: Evaluation | undefined,
  model: RunModel | null,
  closer: ReturnType<WatchCloserRepo['left']>,
  lineage: StoredLineage | null,
): RunReply {
  const { run, latest, counts, openAlerts } = overview;
  return {
    id: run.id,
    name: run.name,
    path: run.path,
    state: run.state,
    max_steps: run.maxSteps,
    found_at: rfc3339(run.foundAt),
    checkpoints: Object.values(counts).reduce((sum, count) => sum + count, 0),
    evaluated: counts.evaluated,
    open_alerts: openAlerts,
    model:
      model === null
        ? null
        : {
            type: model.type,
            is_adapter: model.isAdapter,
            has_chat_template: model.hasChatTemplate,
            evidence: [...model.evidence],
            base: model.base,
            base_run: model.baseRun,
          },
    latest_checkpoint: latest === null ? null : presentCheckpoint(latest, newest),
    resumed_from:
      lineage === null || lineage.parent === null || lineage.forkStep === null
        ? null
        : { run: lineage.parent, step: lineage.forkStep, why: lineage.why },
    watching_closer:
      closer === null
        ? null
        : {
            capabilities: [...closer.wish.capabilities],
            checkpoints_left: closer.checkpoints,
            reason: closer.wish.reason,
            by: closer.wish.by,
            at: rfc3339(closer.wish.at),
          },
  };
}

/** Every repository over one connection: a file a table family, SQL nowhere else. */
import { alertRepo } from './alerts.ts';
import { answerRepo } from './answers.ts';
import { bridgeRepo } from './bridges.ts';
import { checkpointRepo } from './checkpoints.ts';
import { deliveryRepo } from './deliveries.ts';
import { deliveryLimitRepo } from './delivery-limit.ts';
import { evaluationRepo } from './evaluations.ts';
import { eventRepo } from './events.ts';
import { importedDocRepo } from './imported-docs.ts';
import { interventionRepo } from './interventions.ts';
import { jobRepo } from './jobs.ts';
import { lineageRepo } from './lineage.ts';
import { metaRepo } from './meta.ts';
import { pinRepo } from './pins.ts';
import { planRepo } from './plans.ts';
import { provenanceRepo } from './provenance.ts';
import { responseRepo } from './responses.ts';
import { retentionRepo } from './retention.ts';
import { runModelRepo } from './run-models.ts';
import { runRepo } from './runs.ts';
import { scoreRepo } from './scores.ts';
import { seriesRepo } from './series.ts';
import type { Sql } from './sql.ts';
import { telemetryRepo } from './telemetry.ts';
import { verdictRepo } from './verdicts.ts';
import { watchCloserRepo } from './watch-closer.ts';

export function repositories(sql: Sql, now: () => number) {
  return {
    runs: runRepo(sql, now),
    runModels: runModelRepo(sql),
    checkpoints: checkpointRepo(sql, now),
    pins: pinRepo(sql, now),
    telemetry: telemetryRepo(sql),
    plans: planRepo(sql, now),
    evaluations: evaluationRepo(sql, now),
    answers: answerRepo(sql),
    scores: scoreRepo(sql),
    provenance: provenanceRepo(sql),
    importedDocs: importedDocRepo(sql),
    series: seriesRepo(sql),
    verdicts: verdictRepo(sql),
    watchCloser: watchCloserRepo(sql, now),
    bridges: bridgeRepo(sql, now),
    lineage: lineageRepo(sql),
    interventions: interventionRepo(sql, now),
    alerts: alertRepo(sql, now),
    deliveries: deliveryRepo(sql, now),
    deliveryLimit: deliveryLimitRepo(sql, now),
    jobs: jobRepo(sql, now),
    events: eventRepo(sql, now),
    meta: metaRepo(sql),
    responses: responseRepo(sql, now),
    retention: retentionRepo(sql, now),
  };
}

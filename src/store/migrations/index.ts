/** Every migration in order; the position is the version it leads to. Those that were released never change. */
import { runsToAlerts } from './0001-runs-to-alerts.ts';
import { responses } from './0002-responses.ts';
import { scoreFamilies } from './0003-score-families.ts';
import { provenance } from './0004-provenance.ts';
import { importedDocs } from './0005-imported-docs.ts';
import { planSlices } from './0006-plan-slices.ts';
import { watchCloser } from './0007-watch-closer.ts';
import { lineage } from './0008-lineage.ts';
import { interventions } from './0009-interventions.ts';
import { bridges } from './0010-bridges.ts';
import { heldAlerts } from './0011-held-alerts.ts';
import { outboxOrder } from './0012-outbox-order.ts';

export const MIGRATIONS: readonly string[] = [
  runsToAlerts,
  responses,
  scoreFamilies,
  provenance,
  importedDocs,
  planSlices,
  watchCloser,
  lineage,
  interventions,
  bridges,
  heldAlerts,
  outboxOrder,
];

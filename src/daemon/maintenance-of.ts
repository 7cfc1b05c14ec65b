/** The maintenance that a run is in, as the configuration says now. */
import { maintenanceEnd } from '../alert/maintenance.ts';
import type { JudgingContext } from './judge-checkpoint.ts';

/** Epoch ms at which the maintenance that a run is in ends; null when it is in none. */
export function maintenanceOf({ store, config, clock }: JudgingContext, run: string): number | null {
  const { maintenance } = config.alerts;
  if (maintenance.length === 0) return null;
  const { id, name } = store.runs.require(run);
  return maintenanceEnd(clock.now(), { id, name }, maintenance);
}

/** History: what is known of a run's earlier checkpoints when the next one is planned. Values only. */
import type { VerdictKind } from '../domain/trend.ts';
import type { Costs } from './cost.ts';
import type { ItemBank } from './item-response.ts';

/** What earlier checkpoints say of one task. */
export interface TaskHistory {
  /** Step it was last measured at. */
  readonly lastStep: number;
  /** Evaluated checkpoints since then, without it; 0 when the newest one has it. */
  readonly missed: number;
  /** The gravest verdict on it or its capabilities at that step; null when there is none. */
  readonly verdict: VerdictKind | null;
  /** Evidence for a drop behind that verdict, in standard errors; null when there is none. */
  readonly z: number | null;
  /** What it changes from one checkpoint to the next, in standard errors of its score; null while unknown. */
  readonly speed: number | null;
  /** Its score is no better than chance. */
  readonly isAtFloor: boolean;
  readonly isAtCeiling: boolean;
  /** Share of its docs that can still tell checkpoints apart, in [0, 1]. */
  readonly health: number;
  /** What its docs alone are worth, in (0, 1]: less where they copy each other or their right answers stand at one place. */
  readonly soundness: number;
}

/** What the docs of a task tell, and how able the run is at it now. */
export interface KnownDocs {
  readonly items: ItemBank;
  readonly ability: number;
}

export interface History {
  /** Checkpoints of the run that were evaluated. */
  readonly evaluated: number;
  /** By name; a task that was never measured is not there. */
  readonly tasks: ReadonlyMap<string, TaskHistory>;
  readonly costs: Costs;
  /** By task, where docs are to be chosen and enough is known of them. */
  readonly docs: ReadonlyMap<string, KnownDocs>;
}

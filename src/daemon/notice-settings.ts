/** What can be set about noticing, with its defaults. Times in milliseconds. */
import type { PinBudget } from '../checkpoint/pin-budget.ts';
import { LOCAL_PACE, NETWORK_PACE, type PaceLimits } from '../watch/pace.ts';
import { LOCAL_WINDOWS, NETWORK_WINDOWS, type SettleWindows } from '../watch/settle.ts';

export interface NoticeSettings {
  readonly local: { readonly windows: SettleWindows; readonly pace: PaceLimits; readonly snapshotMs: number };
  readonly network: { readonly windows: SettleWindows; readonly pace: PaceLimits; readonly snapshotMs: number };
  /** How many levels below a watched directory a run may lie. */
  readonly depth: number;
  readonly pins: PinBudget & {
    /** Null: chosen by device. */
    readonly directory: string | null;
    readonly whenUnlinkable: 'copy' | 'lease' | 'none';
  };
}

export const DEFAULT_NOTICE_SETTINGS: NoticeSettings = {
  local: { windows: LOCAL_WINDOWS, pace: LOCAL_PACE, snapshotMs: 100 },
  network: { windows: NETWORK_WINDOWS, pace: NETWORK_PACE, snapshotMs: 1_000 },
  depth: 3,
  pins: { directory: null, maxBytes: null, minFree: { share: 0.1 }, whenUnlinkable: 'copy' },
};

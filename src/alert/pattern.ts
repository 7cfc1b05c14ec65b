/** Pattern: a shape of drop and telemetry that suggests something to try; the interface of the catalogue. */
import type { Advice, AlertMember, TelemetryAround } from '../domain/alert.ts';

export interface PatternContext {
  readonly members: readonly AlertMember[];
  /** Many capabilities at once: an inner node fired, or most of what was judged. */
  readonly isBroad: boolean;
  /** It fell within one or two checkpoints. */
  readonly isSudden: boolean;
  readonly telemetry: TelemetryAround;
  readonly lastGood: { readonly step: number; readonly path: string } | null;
  /** Language of each task, e.g. `zh`, `en`; tasks not named are unknown. */
  readonly languageOf: Readonly<Record<string, string>>;
  /** Of training: `sft`, `preference`, `rl`...; null where it is not known. */
  readonly stage: string | null;
}

/** A hypothesis with the evidence for and against it, or null where the telemetry does not support it. */
export type Pattern = (context: PatternContext) => Advice | null;

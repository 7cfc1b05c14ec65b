/** Alert: what is sent; Evidence: why it is believed; Advice: what to try. */
import type { Verdict } from './trend.ts';

export type AlertState = 'pending' | 'firing' | 'acknowledged' | 'silenced' | 'resolved';

export type Severity = 'info' | 'warning' | 'critical';

/** What an alert is about. Training-side kinds carry no capability. */
export type AlertKind =
  | 'regression'
  | 'non-finite-loss'
  | 'telemetry-spike'
  | 'stalled'
  | 'evaluation-failing'
  | 'falling-behind'
  | 'checkpoint-vanished';

/** Why an alert is kept and shown, but not sent now: the team's maintenance, another alert that explains it, or that it comes and goes. */
export interface AlertHold {
  readonly by: 'maintenance' | 'inhibited' | 'flapping';
  /** Id of the alert it follows from; null for the other reasons. */
  readonly cause: string | null;
}

/** What was trained since a drop began, and what each further checkpoint adds at the pace of the last ones. */
export interface CostToWait {
  readonly sinceSteps: number;
  /** Milliseconds and tokens are null where nobody knows. */
  readonly perCheckpoint: { readonly steps: number; readonly ms: number | null; readonly tokens: number | null };
}

/** How much of a drop is the form of the answers: what could not be parsed, and what is left where it could. */
export interface FormatLoss {
  /** Share of answers that could not be parsed, in the reference and now. */
  readonly unparsedBefore: number;
  readonly unparsedAfter: number;
  /** Paired difference on docs whose answer parsed on both sides, with its 95 % interval over docs. */
  readonly difference: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
  /** Less than half of the drop is left there: the form was lost, not the capability. */
  readonly explainsIt: boolean;
}

/** One series inside an alert, with the reference frozen when it fired. */
export interface AlertMember {
  readonly capability: string;
  /** Tasks behind it, the one that lost most first. */
  readonly tasks: readonly string[];
  /** `score` (a proportion) or the metric the values are in. */
  readonly metric: string;
  readonly from: number;
  readonly to: number;
  /** to - from, paired, with its 95 % interval (docs and jitter). */
  readonly difference: number;
  readonly ci95: readonly [number, number];
  readonly n: number;
  readonly z: number;
  /** Checkpoints and steps of the frozen reference window. */
  readonly referenceCheckpoints: readonly string[];
  readonly referenceSteps: readonly number[];
  /** Step of the checkpoint at which this member fired. */
  readonly firedAtStep: number;
  readonly changeBetween: readonly [number, number];
  /** From this step on the series is at its new level: later drops are measured against that. */
  readonly levelSinceStep: number;
  /** Left out where no more answers fail to parse than before. */
  readonly format?: FormatLoss;
  /** Step at which this series was back at its reference; absent or null while it is not. */
  readonly resolvedAtStep?: number | null;
}

/** A doc that was right and is wrong now, for a person to look at. */
export interface FlippedExample {
  readonly task: string;
  readonly docId: string;
  readonly question: string;
  readonly expected: string;
  readonly before: string;
  readonly after: string;
}

/** Advice as definite as a trainer's hook can follow; all that is advised is in the words. */
export type AdvisedChange =
  | {
      readonly kind: 'raise_share';
      /** Part of the data mix, by its name there, and its share before it was cut. */
      readonly part: string;
      readonly share: number;
      /** The whole mix with that share; the other parts keep their proportions. */
      readonly mix: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'lower_learning_rate';
      /** Highest rate to go on with. */
      readonly learningRate: number;
    };

export interface Advice {
  readonly action: string;
  readonly why: string;
  readonly against: string;
  readonly confidence: 'low' | 'medium' | 'high';
  /** Left out where words alone can say it, and in alerts of older versions. */
  readonly change?: AdvisedChange;
  /** The same in Chinese. */
  readonly zh?: { readonly action: string; readonly why: string; readonly against: string };
}

/** `before`: the usual value up to the last good checkpoint; `after`: the peak where it spiked, else the usual value since. */
export interface TelemetryAround {
  readonly lossBefore: number | null;
  readonly lossAfter: number | null;
  readonly learningRateBefore: number | null;
  readonly learningRateAfter: number | null;
  readonly gradNormBefore: number | null;
  readonly gradNormAfter: number | null;
  readonly dataMixBefore: Readonly<Record<string, number>> | null;
  readonly dataMixAfter: Readonly<Record<string, number>> | null;
  /** First step of a spike or jump of each between the last good checkpoint and the alert; null where there was none. */
  readonly spikes: {
    readonly loss: number | null;
    readonly gradNorm: number | null;
    readonly learningRate: number | null;
  };
  /** Step at which the data mix changed; null when it did not, or is not known. */
  readonly dataMixChangedAt: number | null;
  /** Logged values from well before the change to now, thinned; left out where nothing was logged, and in alerts of older versions. */
  readonly curves?: {
    readonly loss: readonly number[];
    readonly learningRate: readonly number[];
    readonly gradNorm: readonly number[];
  };
}

export interface Alert {
  readonly id: string;
  readonly run: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  readonly state: AlertState;
  /** Checkpoint and step at which it fired; null for alerts about the run itself. */
  readonly checkpoint: string | null;
  readonly step: number | null;
  /** Last step known good: the change began after it. */
  readonly sinceStep: number | null;
  readonly title: string;
  /** Sentences of a training-side alert (e.g. "loss is NaN at step 1,250"). */
  readonly summary: string;
  /** The same in Chinese; left out for regressions, and in alerts of older versions. */
  readonly summaryZh?: string;
  readonly members: readonly AlertMember[];
  /** Most of what could be judged fell; left out in alerts of older versions. */
  readonly isBroad?: boolean;
  readonly examples: readonly FlippedExample[];
  readonly telemetry: TelemetryAround | null;
  readonly advice: readonly Advice[];
  /** Path of the last checkpoint before the change, to roll back to. */
  readonly lastGoodCheckpoint: string | null;
  /** Left out where no pace is known, and in alerts of older versions. */
  readonly costToWait?: CostToWait;
  readonly resolvedAtStep: number | null;
  /** Epoch milliseconds at which a silence ends; null or left out where it lasts until the alert is resolved. */
  readonly silencedUntil?: number | null;
}

/** Verdicts of one checkpoint, as stored and shown. */
export interface CheckpointVerdicts {
  readonly checkpoint: string;
  readonly step: number;
  readonly verdicts: readonly Verdict[];
}

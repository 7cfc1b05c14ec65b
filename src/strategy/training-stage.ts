/**
 * How far along a run is: what its team says comes first, then the learning rate, then how much of the plan is behind it. It decides
 * what is worth asking: a young base model writes no answers, and a model that is annealed changes most in the least time. Pure.
 */
import type { ModelType } from '../domain/model-type.ts';
import type { Stage } from '../domain/run.ts';
import type { TelemetryPoint } from '../domain/telemetry.ts';

export type TrainingStage = 'early' | 'middle' | 'late' | 'annealing' | 'sft' | 'preference' | 'rl';

export interface RecognisedStage {
  readonly stage: TrainingStage;
  /** What speaks for it, a clause. */
  readonly reason: string;
}

export interface StageEvidence {
  /** What the team says; null when it leaves it to the telemetry. */
  readonly configured: Stage | null;
  readonly modelType: ModelType;
  readonly step: number;
  readonly tokens: number | null;
  /** Planned last step; null while unknown. */
  readonly maxSteps: number | null;
  /** What was logged up to the step, ascending. */
  readonly telemetry: readonly TelemetryPoint[];
}

/** Parts of the planned steps. */
const EARLY_UNTIL = 0.2;
const LATE_FROM = 0.65;
/** Where nobody says how long it will be. */
const EARLY_TOKENS = 10e9;

export function recogniseStage(evidence: StageEvidence): RecognisedStage {
  const { configured, modelType } = evidence;
  if (configured === 'sft' || configured === 'preference' || configured === 'rl' || configured === 'annealing') {
    return { stage: configured, reason: `its team says it is ${configured}` };
  }
  if (configured === null && modelType === 'chat')
    return { stage: 'sft', reason: 'its model was tuned to answer turns' };
  const decay = decayOf(evidence.telemetry);
  if (decay !== null) return { stage: 'annealing', reason: decay };
  if (configured === 'mid-training') return { stage: 'late', reason: 'its team says it is mid-training' };
  return byProgress(evidence);
}

function byProgress({ step, tokens, maxSteps }: StageEvidence): RecognisedStage {
  if (maxSteps !== null && maxSteps > 0) {
    const part = step / maxSteps;
    const reason = `${Math.round(100 * Math.min(1, part))} % of its planned steps are behind it`;
    return { stage: part < EARLY_UNTIL ? 'early' : part < LATE_FROM ? 'middle' : 'late', reason };
  }
  if (tokens !== null) {
    const reason = `it has read ${(tokens / 1e9).toFixed(1)} billion tokens, and nobody says how many it will`;
    return { stage: tokens < EARLY_TOKENS ? 'early' : 'middle', reason };
  }
  return { stage: 'middle', reason: 'nothing tells how far along it is' };
}

/** Of the highest learning rate: below it any schedule is in its last part (a cosine's last quarter, a line's last fifth). */
const LOW = 0.2;
/** A rate that stood still for this share of the logged steps and then falls is a decay phase (warm-up, stable, decay). */
const STABLE_SHARE = 0.3;
const STABLE_WITHIN = 0.01;
const FALLEN = 0.9;
/** Logged rates that must not rise: a restart or a warm-up is no decay. */
const LOOK_BACK = 3;
const FEWEST = 8;

/** Why the learning rate says that the run is being annealed; null when it does not. */
function decayOf(telemetry: readonly TelemetryPoint[]): string | null {
  const rates = telemetry.flatMap(({ learningRate }) =>
    learningRate !== null && Number.isFinite(learningRate) && learningRate > 0 ? [learningRate] : [],
  );
  if (rates.length < FEWEST) return null;
  const recent = rates.slice(-LOOK_BACK);
  if (recent.some((rate, at) => at > 0 && rate > recent[at - 1]!)) return null;
  const now = rates.at(-1)!;
  // Not the maximum: one wild value must not make all others low.
  const peak = [...rates].sort((a, b) => a - b)[Math.floor(0.95 * (rates.length - 1))]!;
  if (now <= LOW * peak) return `its learning rate is down to ${percent(now / peak)} of its highest`;
  const stable = rates.filter((rate) => Math.abs(rate - peak) <= STABLE_WITHIN * peak).length;
  if (stable >= STABLE_SHARE * rates.length && now < FALLEN * peak) {
    return `its learning rate stood still and now falls, to ${percent(now / peak)} so far`;
  }
  return null;
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

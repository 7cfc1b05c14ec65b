/** What is known of a metric before a run has shown anything: how its scores jitter, and which change is worth telling. */

export interface MetricNoise {
  /** `proportion`: outcomes in [0, 1], jitter shrinks towards 0 and 1. `relative`: jitter grows with the level. `spread`: in units of the docs' own spread. */
  readonly kind: 'proportion' | 'relative' | 'spread';
  /** Prior of the checkpoint-to-checkpoint jitter, in the metric's noise unit (see `noiseUnit`). */
  readonly priorJitter: number;
  /** Smallest change worth telling, in score units for proportions, in noise units otherwise. */
  readonly smallestEffect: number;
  /** Set by the user, in the metric's own units; overrides `smallestEffect`. */
  readonly ownEffect?: number;
}

const PROPORTION: MetricNoise = { kind: 'proportion', priorJitter: 0.014, smallestEffect: 0.01 };
const RELATIVE: MetricNoise = { kind: 'relative', priorJitter: 0.01, smallestEffect: 0.02 };
const SPREAD: MetricNoise = { kind: 'spread', priorJitter: 0.03, smallestEffect: 0.05 };

const LOG_SCALE = new Set(['bits_per_byte', 'gold_bits_per_byte', 'byte_perplexity', 'word_perplexity', 'perplexity']);

/** Noise of a metric by its id and by what its outcomes look like: unknown metrics within [0, 1] are taken for proportions. */
export function noiseOf(metric: string, isWithinUnit: boolean): MetricNoise {
  if (LOG_SCALE.has(metric)) return RELATIVE;
  return isWithinUnit ? PROPORTION : SPREAD;
}

/**
 * The unit jitter is measured in, so that series of different levels can be pooled:
 * sqrt(p(1-p)) for proportions (kept off zero by two docs in a hundred), the level itself for logarithmic metrics, the docs' standard deviation otherwise.
 */
export function noiseUnit(noise: MetricNoise, level: number, docSpread: number): number {
  if (noise.kind === 'proportion') {
    const p = Math.min(0.98, Math.max(0.02, level));
    return Math.sqrt(p * (1 - p));
  }
  return Math.max(noise.kind === 'relative' ? Math.abs(level) : docSpread, 1e-9);
}

/** Smallest change worth telling, in score units, at this level. */
export function smallestEffect(noise: MetricNoise, level: number, docSpread: number): number {
  if (noise.ownEffect !== undefined) return noise.ownEffect;
  return noise.kind === 'proportion' ? noise.smallestEffect : noise.smallestEffect * noiseUnit(noise, level, docSpread);
}

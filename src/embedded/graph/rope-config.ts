/**
 * The rotations that config.json describes: `rope_theta` and `rope_scaling` as transformers 4 writes them, or one
 * `rope_parameters` of transformers 5. Formulas and roundings (32-bit at the same steps) are those of transformers'
 * modeling_rope_utils, so that long positions agree too.
 */
import type { LayerType } from './layer-types.ts';
import { numberOf, optionalNumberOf, type RawConfig, recordOf, sizeOf, unsupported } from './model-config.ts';
import type { Rope } from './rope.ts';

export interface RopeSetting {
  readonly headDim: number;
  /** The settings of this kind of layer; by default those of the whole model. */
  readonly parameters?: RawConfig;
  readonly theta?: number;
  /** Share of each head that is rotated, where the architecture knows such a thing. */
  readonly partial?: number;
  readonly isInterleaved?: boolean;
}

interface Scaling {
  readonly frequencies: readonly number[];
  readonly scale: number;
}

/** `rope_scaling` or `rope_parameters`, whichever the config has; empty when it has neither. */
export function ropeParameters(config: RawConfig): RawConfig {
  return filled(config.rope_scaling) ?? filled(config.rope_parameters) ?? {};
}

/** @throws LibraError LIBRA_ARCHITECTURE_UNSUPPORTED for a kind that is not known, LIBRA_CHECKPOINT_INVALID for wrong numbers */
export function readRope(config: RawConfig, setting: RopeSetting): Rope {
  const parameters = setting.parameters ?? ropeParameters(config);
  const kind = String(parameters.rope_type ?? parameters.type ?? 'default');
  const scaling = SCALINGS[kind];
  if (scaling === undefined) throw unsupported(`rope scaling "${kind}"`);
  if (setting.parameters === undefined && recordOf(parameters.full_attention) !== null) {
    throw unsupported('rope settings that differ from layer to layer for this model_type');
  }
  const theta = numberOf(parameters, 'rope_theta', setting.theta ?? numberOf(config, 'rope_theta', 10_000));
  const partial = setting.partial ?? 1;
  const dim = kind === 'proportional' ? setting.headDim : Math.trunc(setting.headDim * partial);
  if (dim <= 0 || pairsOf(dim) * 2 > setting.headDim) throw unsupported(`rotation of ${dim} dimensions of a head`);
  const { frequencies, scale } = scaling({ theta, dim, partial, parameters, config });
  const isSound = scale > 0 && frequencies.every((frequency) => Number.isFinite(frequency));
  if (!isSound) throw unsupported(`rope scaling "${kind}" with these numbers`);
  return { frequencies: Float32Array.from(frequencies), scale, isInterleaved: setting.isInterleaved ?? false };
}

/**
 * Rotations of near and far layers: transformers 5 nests the settings of both by their type; in transformers 4 only the far
 * ones are scaled.
 * @param thetas for settings that do not name their own
 */
export function ropeByLayerType(
  config: RawConfig,
  thetas: { readonly headDim: number; readonly full: unknown; readonly sliding: unknown },
): Record<LayerType, Rope> {
  const nested = recordOf(config.rope_parameters) ?? {};
  const read = (type: LayerType, theta: unknown, scaling: RawConfig | null) => {
    const parameters = { rope_theta: theta, ...recordOf(nested[type]), ...scaling };
    return readRope(config, { headDim: thetas.headDim, parameters });
  };
  return {
    full_attention: read('full_attention', thetas.full, recordOf(config.rope_scaling)),
    sliding_attention: read('sliding_attention', thetas.sliding, null),
  };
}

interface ScalingInput {
  readonly theta: number;
  /** Rotated dimensions of a head. */
  readonly dim: number;
  readonly partial: number;
  readonly parameters: RawConfig;
  readonly config: RawConfig;
}

const SCALINGS: Readonly<Record<string, (input: ScalingInput) => Scaling>> = {
  default: (input) => unscaled(plainFrequencies(input)),
  // Grows only beyond max_position_embeddings, and longer sequences are refused.
  dynamic: (input) => unscaled(plainFrequencies(input)),
  linear: (input) => {
    const factor = numberOf(input.parameters, 'factor');
    return unscaled(plainFrequencies(input).map((frequency) => frequency / factor));
  },
  proportional: proportionalScaling,
  llama3: (input) => unscaled(plainFrequencies(input).map(llama3Scaling(input))),
  yarn: yarnScaling,
  longrope: longropeScaling,
  su: longropeScaling,
};

function unscaled(frequencies: readonly number[]): Scaling {
  return { frequencies, scale: 1 };
}

/** A share of a head may come out odd; one dimension more is rotated then. */
function pairsOf(dim: number): number {
  return Math.ceil(dim / 2);
}

/** theta^(2 i / dim) for every pair i */
function waves({ theta, dim }: ScalingInput): number[] {
  return Array.from({ length: pairsOf(dim) }, (_, pair) => Math.fround(theta ** Math.fround((2 * pair) / dim)));
}

function plainFrequencies(input: ScalingInput): number[] {
  return waves(input).map((wave) => Math.fround(1 / wave));
}

/** Only the first share of the pairs turns; the others stand still (Gemma 4). */
function proportionalScaling(input: ScalingInput): Scaling {
  const factor = numberOf(input.parameters, 'factor', 1);
  const turning = Math.floor(Math.trunc(input.partial * input.dim) / 2);
  return unscaled(plainFrequencies(input).map((frequency, pair) => (pair < turning ? frequency / factor : 0)));
}

/** Long waves are slowed by `factor`, short ones kept, those between blended (Llama 3.1). */
function llama3Scaling({ parameters, config }: ScalingInput): (frequency: number) => number {
  const factor = numberOf(parameters, 'factor');
  const low = numberOf(parameters, 'low_freq_factor');
  const high = numberOf(parameters, 'high_freq_factor');
  const original = originalLength(parameters, config);
  return (frequency) => {
    const wavelength = (2 * Math.PI) / frequency;
    if (wavelength < original / high) return frequency;
    if (wavelength > original / low) return frequency / factor;
    const smooth = (original / wavelength - low) / (high - low);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  };
}

/** YaRN (arXiv 2309.00071): pairs that turn often are kept, pairs that hardly turn are slowed, a ramp lies between. */
function yarnScaling(input: ScalingInput): Scaling {
  const { theta, dim, parameters, config } = input;
  const original = originalLength(parameters, config);
  const factor = numberOf(parameters, 'factor', sizeOf(config, 'max_position_embeddings') / original);
  const pairThatTurns = (turns: number) => (dim * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(theta));
  let from = pairThatTurns(optionalNumberOf(parameters, 'beta_fast') || 32);
  let to = pairThatTurns(optionalNumberOf(parameters, 'beta_slow') || 1);
  if (parameters.truncate ?? true) [from, to] = [Math.floor(from), Math.ceil(to)];
  from = Math.max(from, 0);
  to = Math.min(to, dim - 1);
  const length = from === to ? 0.001 : to - from;
  const frequencies = waves(input).map((wave, pair) => {
    const slowed = Math.min(1, Math.max(0, (pair - from) / length));
    return slowed / (factor * wave) + (1 - slowed) / wave;
  });
  return { frequencies, scale: optionalNumberOf(parameters, 'attention_factor') ?? yarnScale(parameters, factor) };
}

function yarnScale(parameters: RawConfig, factor: number): number {
  const scaleFor = (strength: number) => (factor <= 1 ? 1 : 0.1 * strength * Math.log(factor) + 1);
  const one = optionalNumberOf(parameters, 'mscale');
  const all = optionalNumberOf(parameters, 'mscale_all_dim');
  return one && all ? scaleFor(one) / scaleFor(all) : scaleFor(1);
}

/** LongRoPE (arXiv 2402.13753): a factor for each pair, `short_factor` up to the original length. */
function longropeScaling(input: ScalingInput): Scaling {
  const { parameters, config } = input;
  const original = originalLength(parameters, config);
  const factors = parameters.short_factor;
  const pairs = waves(input);
  if (!Array.isArray(factors) || factors.length !== pairs.length || !factors.every(Number.isFinite)) {
    throw unsupported(`longrope without a short_factor for each of its ${pairs.length} pairs`);
  }
  const factor = numberOf(parameters, 'factor', sizeOf(config, 'max_position_embeddings') / original);
  const byLength = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(original));
  return {
    frequencies: pairs.map((wave, pair) => 1 / Math.fround(Math.fround(factors[pair] as number) * wave)),
    scale: optionalNumberOf(parameters, 'attention_factor') ?? byLength,
  };
}

/**
 * The longest sequence that is read with the rotation of `readRope`. Longrope changes all angles, those of tokens already read
 * too, when a sequence outgrows the original length; where the two differ, sequences end there.
 */
export function longestFor(config: RawConfig, maxLength: number): number {
  const parameters = ropeParameters(config);
  const kind = parameters.rope_type ?? parameters.type;
  if (kind !== 'longrope' && kind !== 'su') return maxLength;
  const isSame = JSON.stringify(parameters.short_factor) === JSON.stringify(parameters.long_factor);
  return isSame ? maxLength : Math.min(maxLength, originalLength(parameters, config));
}

/** Length in tokens the model was trained on before it was stretched. */
function originalLength(parameters: RawConfig, config: RawConfig): number {
  const beside = config.original_max_position_embeddings;
  const source = beside == null ? parameters : config;
  return sizeOf(source, 'original_max_position_embeddings', sizeOf(config, 'max_position_embeddings'));
}

function filled(value: unknown): RawConfig | null {
  const record = recordOf(value);
  return record !== null && Object.keys(record).length > 0 ? record : null;
}

/** Llama and its descendants: one decoder, the differences between them as data. */
import { type Activation, activationOf } from './activation.ts';
import type { Block, Decoder, FeedForward, Linear, Norm, Projection } from './decoder.ts';
import { type DecoderSizes, readSizes, tiedNames } from './decoder-sizes.ts';
import { numberOf, type RawConfig, sizeOf } from './model-config.ts';
import type { Rope } from './rope.ts';
import { readRope } from './rope-config.ts';

export interface Differences {
  /** Biases of query, key and value; of attention's output; of the feed-forward. */
  readonly biases: { readonly qkv: boolean; readonly output: boolean; readonly feedForward: boolean };
  /** Norms of what goes into attention and feed-forward, of what comes out of them, or of both. Default `before`. */
  readonly norms?: 'before' | 'after' | 'around';
  /** Default: root mean square with `rms_norm_eps`. */
  readonly norm?: (name: string, width: number) => Norm;
  /** Query and key normalised head by head, or over all heads together. Default: neither. */
  readonly queryKeyNorm?: 'each-head' | 'all-heads';
  /** Query, key and value in one weight, gate and up in another (Phi-3). */
  readonly isFused?: boolean;
  readonly isParallel?: boolean;
  /** Default: gated, with `hidden_act`. */
  readonly activation?: Activation;
  readonly feedForward?: (name: string) => FeedForward;
  /** Default: one rotation of whole heads for all layers. */
  readonly rope?: (layer: number) => Rope | null;
  /** Default: every layer sees everything. */
  readonly window?: (layer: number) => number | null;
  readonly attentionScale?: number;
  readonly attentionSoftcap?: number | null;
  readonly logitSoftcap?: number | null;
  readonly clip?: number | null;
  readonly embeddingScale?: number;
  /** What each layer adds is multiplied by this. */
  readonly residualScale?: number;
  readonly logitScale?: number;
  readonly headBias?: boolean;
  /** Where the model lies among the tensors, and its head. */
  readonly names?: { readonly model: string; readonly head: string };
}

/** @param config with the defaults of its architecture filled in */
export function llamaLike(config: RawConfig, has: (tensor: string) => boolean, differences: Differences): Decoder {
  const sizes = readSizes(config);
  const { layers, width, kvHeads, headDim, vocabSize, maxLength } = sizes;
  const { model, head } = differences.names ?? { model: 'model', head: 'lm_head' };
  const names = tiedNames(config, has, { embedding: `${model}.embed_tokens`, head });
  const norm = differences.norm ?? rmsNorm(config);
  const sharedRope = differences.rope === undefined ? readRope(config, { headDim }) : null;
  const rope = differences.rope ?? (() => sharedRope);
  const block = blockOf(config, sizes, { ...differences, norm, rope });
  return {
    shape: { layers, kvHeads, headDim, vocabSize, maxLength },
    width,
    embedding: { name: names.embedding, scale: differences.embeddingScale ?? null, positions: null },
    blocks: Array.from({ length: layers }, (_, layer) => block(`${model}.layers.${layer}`, layer)),
    finalNorm: norm(`${model}.norm`, width),
    head: {
      linear: {
        name: names.head,
        inputs: width,
        outputs: vocabSize,
        bias: differences.headBias ?? false,
        ...scaledBy(differences.logitScale),
      },
      softcap: differences.logitSoftcap ?? null,
    },
  };
}

export function rmsNorm(config: RawConfig, options: { readonly plusOne?: boolean } = {}) {
  const epsilon = numberOf(config, 'rms_norm_eps', 1e-6);
  return (name: string, width: number): Norm => ({ kind: 'rms', name, width, epsilon, ...options });
}

type Complete = Differences & Required<Pick<Differences, 'norm' | 'rope'>>;

function blockOf(config: RawConfig, sizes: DecoderSizes, differences: Complete) {
  const { width, heads, kvHeads, headDim } = sizes;
  const { biases, norm, queryKeyNorm, residualScale } = differences;
  const feedForward = differences.feedForward ?? gated(config, sizes, differences);
  return (name: string, layer: number): Block => {
    const attention = `${name}.self_attn`;
    const perHead = queryKeyNorm === 'each-head';
    return {
      norms: normsOf(name, width, differences),
      isParallel: differences.isParallel ?? false,
      attention: {
        heads,
        projection: projectionOf(attention, sizes, differences),
        queryKeyNorm:
          queryKeyNorm === undefined
            ? null
            : {
                query: norm(`${attention}.q_norm`, perHead ? headDim : heads * headDim),
                key: norm(`${attention}.k_norm`, perHead ? headDim : kvHeads * headDim),
              },
        clip: differences.clip ?? null,
        rope: differences.rope(layer),
        scale: differences.attentionScale ?? null,
        softcap: differences.attentionSoftcap ?? null,
        window: differences.window?.(layer) ?? null,
        output: {
          name: `${attention}.o_proj`,
          inputs: heads * headDim,
          outputs: width,
          bias: biases.output,
          ...scaledBy(residualScale),
        },
      },
      feedForward: feedForward(`${name}.mlp`),
    };
  };
}

function normsOf(name: string, width: number, { norm, norms = 'before', isParallel }: Complete): Block['norms'] {
  const named = (part: string) => norm(`${name}.${part}`, width);
  if (isParallel) {
    return {
      beforeAttention: named('input_layernorm'),
      afterAttention: null,
      beforeFeedForward: null,
      afterFeedForward: null,
    };
  }
  return {
    beforeAttention: norms === 'after' ? null : named('input_layernorm'),
    afterAttention: norms === 'before' ? null : named('post_attention_layernorm'),
    beforeFeedForward:
      norms === 'after' ? null : named(norms === 'before' ? 'post_attention_layernorm' : 'pre_feedforward_layernorm'),
    afterFeedForward: norms === 'before' ? null : named('post_feedforward_layernorm'),
  };
}

function projectionOf(name: string, sizes: DecoderSizes, { biases, isFused }: Complete): Projection {
  const { width, heads, kvHeads, headDim } = sizes;
  const part = (letter: string, count: number): Linear => ({
    name: `${name}.${letter}_proj`,
    inputs: width,
    outputs: count * headDim,
    bias: biases.qkv,
  });
  if (isFused) return { kind: 'joined', linear: part('qkv', heads + 2 * kvHeads), order: 'parts' };
  return { kind: 'separate', query: part('q', heads), key: part('k', kvHeads), value: part('v', kvHeads) };
}

function gated(config: RawConfig, { width }: DecoderSizes, differences: Complete) {
  const inner = sizeOf(config, 'intermediate_size');
  const activation = differences.activation ?? activationOf(config);
  const bias = differences.biases.feedForward;
  return (name: string): FeedForward => {
    const widen = (part: string, outputs: number) => ({ name: `${name}.${part}_proj`, inputs: width, outputs, bias });
    const down = {
      name: `${name}.down_proj`,
      inputs: inner,
      outputs: width,
      bias,
      ...scaledBy(differences.residualScale),
    };
    return differences.isFused
      ? { kind: 'joined', gateUp: widen('gate_up', 2 * inner), down, activation }
      : { kind: 'gated', gate: widen('gate', inner), up: widen('up', inner), down, activation };
  };
}

function scaledBy(scale: number | undefined): { readonly scale?: number } {
  return scale === undefined || scale === 1 ? {} : { scale };
}

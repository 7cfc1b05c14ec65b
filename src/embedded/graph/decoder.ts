/**
 * A decoder-only language model as data: what an architecture reads from config.json, and all that the graph is built from.
 * Names are those of the checkpoint's tensors without `.weight` and `.bias`.
 */
import type { Activation } from './activation.ts';
import type { ModelShape } from './model-graph.ts';
import type { Rope } from './rope.ts';

export interface Decoder {
  readonly shape: ModelShape;
  /** Size of the hidden states. */
  readonly width: number;
  readonly embedding: {
    readonly name: string;
    /** The embedded tokens are multiplied by this; null for as they are. */
    readonly scale: number | null;
    /** Learned positions that are added, one for each of `shape.maxLength`; null where positions are rotations. */
    readonly positions: string | null;
  };
  readonly blocks: readonly Block[];
  readonly finalNorm: Norm;
  readonly head: {
    readonly linear: Linear;
    /** Logits become cap x tanh(logit / cap). */
    readonly softcap: number | null;
  };
}

/** One layer: attention and feed-forward, each of which reads the normalised hidden states and adds to them. */
export interface Block {
  readonly norms: {
    readonly beforeAttention: Norm | null;
    /** Of what attention adds. */
    readonly afterAttention: Norm | null;
    /** Null where the two are parallel and share the first norm. */
    readonly beforeFeedForward: Norm | null;
    readonly afterFeedForward: Norm | null;
  };
  readonly attention: SelfAttention;
  readonly feedForward: FeedForward;
  /** Both read the same hidden states, and their sums are added together (GPT-J, GPT-NeoX). */
  readonly isParallel: boolean;
}

export interface Linear {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  /** GPT-2 keeps [inputs, outputs], everyone else [outputs, inputs]. */
  readonly inputsFirst?: boolean;
  /** The result is multiplied by this. */
  readonly scale?: number;
}

/** Over the last axis. */
export interface Norm {
  /** Root mean square, or mean and variance. */
  readonly kind: 'rms' | 'layer';
  /** Null for a norm without weights. */
  readonly name: string | null;
  readonly width: number;
  readonly epsilon: number;
  readonly bias?: boolean;
  /** The checkpoint keeps the scale minus one (Gemma). */
  readonly plusOne?: boolean;
}

export interface SelfAttention {
  /** Query heads, a multiple of the key-value heads. */
  readonly heads: number;
  readonly projection: Projection;
  /** Norms before the rotation; their width says whether over each head or over all heads together. */
  readonly queryKeyNorm: { readonly query: Norm; readonly key: Norm } | null;
  /** Query, key and value are held within +-clip. */
  readonly clip?: number | null;
  /** Null for layers without positions, or models that learned them. */
  readonly rope: Rope | null;
  /** What scores are multiplied by; null for 1 / sqrt(headDim). */
  readonly scale: number | null;
  /** Scores become cap x tanh(score / cap). */
  readonly softcap: number | null;
  /** Tokens a query may look back, itself included; null for all. */
  readonly window: number | null;
  readonly output: Linear;
}

/** Where query, key and value come from. */
export type Projection =
  | { readonly kind: 'separate'; readonly query: Linear; readonly key: Linear; readonly value: Linear }
  /** One product holds all: queries, keys, values one after another, or query, key, value of one head after another. */
  | { readonly kind: 'joined'; readonly linear: Linear; readonly order: 'parts' | 'heads' };

export type FeedForward =
  /** down(activation(gate(x)) * up(x)) */
  | {
      readonly kind: 'gated';
      readonly gate: Linear;
      readonly up: Linear;
      readonly down: Linear;
      readonly activation: Activation;
    }
  /** The same, gate and up being the two halves of one product. */
  | { readonly kind: 'joined'; readonly gateUp: Linear; readonly down: Linear; readonly activation: Activation }
  /** down(activation(up(x))) */
  | { readonly kind: 'plain'; readonly up: Linear; readonly down: Linear; readonly activation: Activation };

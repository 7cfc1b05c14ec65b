/** One loaded model: numbers in, next-token log-probabilities out. The only door to ONNX Runtime. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelShape } from './graph/model-graph.ts';

// The package is CommonJS; importing it this way and this late keeps it off the path of `libra --help`.
const require = createRequire(import.meta.url);

/** Below this, handing work to a second thread costs more than it brings (measured: 0.3 to 5 million parameters). */
const SMALL_MODEL = 8e6;

/** Keys and values of all layers: key of layer 0, value of layer 0, key of layer 1, ... Each [sequences, kvHeads, length, headDim]. */
export interface Past {
  readonly length: number;
  readonly arrays: readonly Float32Array[];
}

/** What is asked about the tokens of a run. */
export interface Questions {
  /** Places in [batch x time] whose next-token distribution is needed, each once. */
  readonly rows: Int32Array;
  /** [asks]: index into `rows`. */
  readonly askRows: Int32Array;
  /** [asks]: the token asked about there. */
  readonly targets: Int32Array;
}

/** One run. `batch` rows of `time` tokens. */
export interface ForwardInput extends Questions {
  /** `read` whole rows, all behind the same past (`past.arrays` for each row of the batch), or `decode` one token a sequence. */
  readonly kind: 'read' | 'decode';
  readonly batch: number;
  readonly time: number;
  /** [batch x time] */
  readonly ids: Int32Array;
  /** [batch x time] */
  readonly positions: Int32Array;
  /** 0 may look, -Infinity may not. Reading: [batch x time x (past + time)]; decoding: [batch x past]. */
  readonly mask: Float32Array;
  /** The same for layers that look back a window only; needed by models that have such. */
  readonly windowMask: Float32Array | null;
  readonly past: Past;
  /** Indexes of questions whose rank is wanted. */
  readonly ranked?: Int32Array;
  /** How many best tokens to name; 1 by default. */
  readonly top?: number;
  /** Keys and values of this run's own tokens are copied out only when asked for. */
  readonly wantKeys?: boolean;
  /** Whole distributions are copied out only when asked for. */
  readonly wantDistribution?: boolean;
}

export interface ForwardOutput {
  /** [asks], nats */
  readonly logprob: Float32Array;
  /** [rows x top] */
  readonly topLogprob: Float32Array;
  /** [rows x top] */
  readonly topId: Int32Array;
  /** [ranked], 1 is best */
  readonly rank: Float32Array;
  /** [rows x vocabulary], or empty */
  readonly distribution: Float32Array;
  /** As in `Past`, but each [batch, time, kvHeads x headDim]; empty unless wanted. */
  readonly keys: readonly Float32Array[];
}

export interface RuntimeOptions {
  readonly threads: number | null;
  readonly parameters: number;
}

export class Runtime {
  readonly shape: ModelShape;
  readonly #session: InferenceSession;
  readonly #tensor: typeof Tensor;
  readonly #layerNames: readonly string[];

  private constructor(shape: ModelShape, session: InferenceSession, tensor: typeof Tensor) {
    this.shape = shape;
    this.#session = session;
    this.#tensor = tensor;
    const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
    this.#layerNames = layers.flatMap((layer) => [`key_${layer}`, `value_${layer}`]);
  }

  /** @param modelFile a graph made by `writeModel`, its weight files beside it */
  static async load(modelFile: string, shape: ModelShape, options: RuntimeOptions): Promise<Runtime> {
    const runtime = require('onnxruntime-node') as typeof import('onnxruntime-node');
    const threads = options.threads ?? (options.parameters < SMALL_MODEL ? 1 : availableParallelism());
    const session = await runtime.InferenceSession.create(modelFile, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
      // Threads that spin while they wait would take the processor from the training.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
    return new Runtime(shape, session, runtime.Tensor);
  }

  /** Occupies the calling thread while it computes, but lets waiting events in first. */
  async forward(input: ForwardInput): Promise<ForwardOutput> {
    const fetches: Record<string, null> = { logprob: null, top_logprob: null, top_id: null };
    if (input.ranked) fetches.rank = null;
    if (input.wantDistribution) fetches.distribution = null;
    if (input.wantKeys) for (const name of this.#layerNames) fetches[name] = null;
    const out = await this.#session.run(this.#feeds(input), fetches);
    return {
      logprob: out.logprob?.data as Float32Array,
      topLogprob: out.top_logprob?.data as Float32Array,
      topId: out.top_id?.data as Int32Array,
      rank: (out.rank?.data ?? NOTHING) as Float32Array,
      distribution: (out.distribution?.data ?? NOTHING) as Float32Array,
      keys: input.wantKeys ? this.#layerNames.map((name) => out[name]?.data as Float32Array) : [],
    };
  }

  #feeds(input: ForwardInput): Record<string, Tensor> {
    const { batch, time, past, kind } = input;
    const { kvHeads, headDim, window } = this.shape;
    const ranked = input.ranked ?? new Int32Array(0);
    const int32 = (data: Int32Array, shape: readonly number[]) => new this.#tensor('int32', data, shape);
    const maskShape = kind === 'decode' ? [batch, 1, 1, past.length] : [batch, 1, time, past.length + time];
    const feeds: Record<string, Tensor> = {
      ids: int32(input.ids, [batch, time]),
      positions: int32(input.positions, [batch, time]),
      decoding: new this.#tensor('bool', Uint8Array.of(kind === 'decode' ? 1 : 0), []),
      mask: new this.#tensor('float32', input.mask, maskShape),
      rows: int32(input.rows, [input.rows.length]),
      ask_rows: int32(input.askRows, [input.askRows.length]),
      targets: int32(input.targets, [input.targets.length]),
      ranked: int32(ranked, [ranked.length]),
      top: new this.#tensor('int64', BigInt64Array.of(BigInt(input.top ?? 1)), [1]),
    };
    if (window != null) feeds.window_mask = new this.#tensor('float32', input.windowMask ?? NOTHING, maskShape);
    const pastShape = [batch, kvHeads, past.length, headDim];
    this.#layerNames.forEach((name, index) => {
      feeds[`past_${name}`] = new this.#tensor('float32', past.arrays[index] ?? NOTHING, pastShape);
    });
    return feeds;
  }
}

const NOTHING = new Float32Array(0);

/** Before the first token. */
export const NO_PAST: Past = { length: 0, arrays: [] };

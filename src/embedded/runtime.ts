/** One loaded model: numbers in, next-token log-probabilities out. The only door to ONNX Runtime. */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelShape } from './graph/model-graph.ts';

// The package is CommonJS; importing it this way and this late keeps it off the path of `libra --help`.
const require = createRequire(import.meta.url);

/** Below this, handing work to a second thread costs more than it brings (measured: 0.3 to 5 million parameters). */
const SMALL_MODEL = 8e6;

/** One run. `batch` rows of `time` tokens behind `past` cached ones. */
export interface ForwardInput {
  readonly batch: number;
  readonly time: number;
  readonly past: number;
  /** [batch x time] */
  readonly ids: Int32Array;
  /** [batch x time] */
  readonly positions: Int32Array;
  /** [batch x time x (past + time)]: 0 may look, -Infinity may not. */
  readonly mask: Float32Array;
  /** Places in [batch x time] whose next token is asked about. */
  readonly rows: Int32Array;
  /** The token asked about at each of `rows`. */
  readonly targets: Int32Array;
  /** Places in `rows` whose rank is wanted. */
  readonly ranked?: Int32Array;
  /** How many best tokens to name; 1 by default. */
  readonly top?: number;
  /** Keys and values of the past, 2 x layers arrays [batch, kvHeads, past, headDim]; none when past is 0. */
  readonly cache?: readonly Float32Array[];
  /** Where keys and values of past + time go, sized exactly; not kept when left out. */
  readonly cacheOut?: readonly Float32Array[];
  /** Whole distributions are copied out only when asked for. */
  readonly wantDistribution?: boolean;
}

export interface ForwardOutput {
  /** [rows], nats */
  readonly logprob: Float32Array;
  /** [rows x top] */
  readonly topLogprob: Float32Array;
  /** [rows x top] */
  readonly topId: Int32Array;
  /** [ranked], 1 is best */
  readonly rank: Float32Array;
  /** [rows x vocabulary], or empty */
  readonly distribution: Float32Array;
}

export interface RuntimeOptions {
  readonly threads: number | null;
  readonly parameters: number;
}

export class Runtime {
  readonly shape: ModelShape;
  readonly #session: InferenceSession;
  readonly #tensor: typeof Tensor;
  readonly #cacheNames: readonly string[];

  private constructor(shape: ModelShape, session: InferenceSession, tensor: typeof Tensor) {
    this.shape = shape;
    this.#session = session;
    this.#tensor = tensor;
    const layers = Array.from({ length: shape.layers }, (_, layer) => layer);
    this.#cacheNames = layers.flatMap((layer) => [`key_${layer}`, `value_${layer}`]);
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
    const fetches: Record<string, Tensor | null> = { logprob: null, top_logprob: null, top_id: null };
    if (input.ranked) fetches.rank = null;
    if (input.wantDistribution) fetches.distribution = null;
    if (input.cacheOut) this.#bindCache(fetches, 'present', input.cacheOut, input.batch, input.past + input.time);
    const out = await this.#session.run(this.#feeds(input), fetches as InferenceSession.FetchesType);
    return {
      logprob: out.logprob?.data as Float32Array,
      topLogprob: out.top_logprob?.data as Float32Array,
      topId: out.top_id?.data as Int32Array,
      rank: (out.rank?.data ?? NOTHING) as Float32Array,
      distribution: (out.distribution?.data ?? NOTHING) as Float32Array,
    };
  }

  #feeds(input: ForwardInput): Record<string, Tensor> {
    const { batch, time, past } = input;
    const ranked = input.ranked ?? new Int32Array(0);
    const int32 = (data: Int32Array, shape: readonly number[]) => new this.#tensor('int32', data, shape);
    const feeds: Record<string, Tensor> = {
      ids: int32(input.ids, [batch, time]),
      positions: int32(input.positions, [batch, time]),
      mask: new this.#tensor('float32', input.mask, [batch, 1, time, past + time]),
      rows: int32(input.rows, [input.rows.length]),
      targets: int32(input.targets, [input.targets.length]),
      ranked: int32(ranked, [ranked.length]),
      top: new this.#tensor('int64', BigInt64Array.of(BigInt(input.top ?? 1)), [1]),
    };
    this.#bindCache(feeds, 'past', input.cache ?? this.#cacheNames.map(() => NOTHING), batch, past);
    return feeds;
  }

  #bindCache(
    into: Record<string, Tensor | null>,
    prefix: 'past' | 'present',
    arrays: readonly Float32Array[],
    batch: number,
    length: number,
  ): void {
    const shape = [batch, this.shape.kvHeads, length, this.shape.headDim];
    this.#cacheNames.forEach((name, index) => {
      into[`${prefix}_${name}`] = new this.#tensor('float32', arrays[index] ?? NOTHING, shape);
    });
  }
}

const NOTHING = new Float32Array(0);

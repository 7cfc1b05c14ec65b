/** Collects the nodes of one model graph. Values are named strings; every node's result gets a fresh name. */
import { LibraError } from '../../domain/errors.ts';
import { findTensor } from '../weights/tensor-names.ts';
import type { TensorPlace, Weights } from '../weights/tensor-place.ts';
import { adaptWeight } from './adapted-weight.ts';
import {
  type Attribute,
  type ElementType,
  type OnnxGraph,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValue,
  Subgraph,
} from './onnx-writer.ts';

const ONNX_TYPE: Readonly<Record<string, ElementType>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** The name of a tensor that flows through the graph. */
export type Value = string;

export class GraphBuilder {
  readonly #weights: Weights;
  readonly #locate: (file: string) => string;
  #nodes: OnnxNode[] = [];
  readonly #initializers: OnnxTensor[] = [];
  readonly #inputs: OnnxValue[] = [];
  readonly #outputs: OnnxValue[] = [];
  readonly #loaded = new Map<string, Value>();
  readonly #publicNames = new Map<Value, string>();
  #count = 0;

  /** @param locate path of a weight file -> its name beside the graph file */
  constructor(weights: Weights, locate: (file: string) => string) {
    this.#weights = weights;
    this.#locate = locate;
  }

  input(name: string, type: ElementType, shape: OnnxValue['shape']): Value {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /** Gives the result `value` of a node, and no other value, the public name `name`. */
  output(name: string, value: Value, type: ElementType, shape: OnnxValue['shape']): void {
    this.#publicNames.set(value, name);
    this.#outputs.push({ name, type, shape });
  }

  /** One operator with one result. An input of '' is an optional one left out. */
  node(op: string, inputs: readonly Value[], attributes: Readonly<Record<string, Attribute>> = {}, domain = ''): Value {
    return this.nodes(op, 1, inputs, attributes, domain)[0] as Value;
  }

  /** One operator with several results. */
  nodes(
    op: string,
    results: number,
    inputs: readonly Value[],
    attributes: Readonly<Record<string, Attribute>> = {},
    domain = '',
  ): Value[] {
    const outputs = Array.from({ length: results }, () => this.#fresh(op));
    this.#nodes.push({ op, domain, inputs, outputs, attributes });
    return outputs;
  }

  /** The float result of whichever branch `condition` (a bool) chooses; only that one is computed. */
  either(condition: Value, shape: OnnxValue['shape'], whenTrue: () => Value, whenFalse: () => Value): Value {
    const branch = (build: () => Value) => {
      const around = this.#nodes;
      this.#nodes = [];
      const result = build();
      const subgraph = new Subgraph(this.#nodes, [{ name: result, type: 'float32', shape }]);
      this.#nodes = around;
      return subgraph;
    };
    return this.node('If', [condition], { then_branch: branch(whenTrue), else_branch: branch(whenFalse) });
  }

  has(name: string): boolean {
    return findTensor(this.#weights, name) !== undefined;
  }

  /**
   * A weight of the checkpoint as fp32, with what an adapter makes of it. Half precisions are widened and adapters applied once,
   * when the runtime folds constants.
   * @throws LibraError LIBRA_CHECKPOINT_INVALID when it is missing or not of `shape`
   */
  weight(name: string, shape: readonly number[]): Value {
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const place = findTensor(this.#weights, name);
    if (place === undefined) throw mismatch(`the checkpoint has no tensor ${name}`);
    if (place.shape.join() !== shape.join()) {
      throw mismatch(`tensor ${name} is [${place.shape}], but config.json asks for [${shape}]`);
    }
    const base = this.#load(name, place);
    const part = (suffix: string, of: TensorPlace) => this.#load(`${name}.${suffix}`, of);
    const value = place.adaptation === undefined ? base : adaptWeight(this, base, place.adaptation, part);
    this.#loaded.set(name, value);
    return value;
  }

  floats(values: readonly number[] | Float32Array, shape: readonly number[]): Value {
    const data = Float32Array.from(values);
    return this.#constant('float32', shape, new Uint8Array(data.buffer));
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): Value {
    const data = BigInt64Array.from(values, BigInt);
    return this.#constant('int64', shape, new Uint8Array(data.buffer));
  }

  finish(): OnnxGraph {
    const nodes = this.#nodes.map((node) => renamed(node, this.#publicNames));
    return { nodes, initializers: this.#initializers, inputs: this.#inputs, outputs: this.#outputs };
  }

  /** The bytes of one tensor as an initialiser, turned and widened by nodes where they have to be. */
  #load(name: string, place: TensorPlace): Value {
    if (place.unusable !== undefined) throw mismatch(`tensor ${name} of ${place.file} ${place.unusable}`);
    const type = ONNX_TYPE[place.dtype];
    if (type === undefined) {
      throw new LibraError('LIBRA_ARCHITECTURE_UNSUPPORTED', `tensor ${name} is stored as ${place.dtype}`, {
        hint: 'The embedded engine reads fp32, fp16 and bf16 weights; serve quantised checkpoints with vLLM and pass --engine http://host:port.',
      });
    }
    const location = { location: this.#locate(place.file), offset: place.offset, length: place.length };
    const shape = place.isTransposed ? [...place.shape].reverse() : place.shape;
    this.#initializers.push({ name, type, shape, data: location });
    const turned = place.isTransposed ? this.node('Transpose', [name]) : name;
    return type === 'float32' ? turned : this.node('Cast', [turned], { to: 1 });
  }

  #constant(type: ElementType, shape: readonly number[], data: Uint8Array): Value {
    const name = this.#fresh('constant');
    this.#initializers.push({ name, type, shape, data });
    return name;
  }

  #fresh(kind: string): Value {
    this.#count += 1;
    return `${kind}_${this.#count}`;
  }
}

/** A copy under another name would cost a pass over its data, so outputs are renamed where they are made and used. */
function renamed(node: OnnxNode, names: ReadonlyMap<Value, string>): OnnxNode {
  const rename = (value: Value) => names.get(value) ?? value;
  const attributes = Object.entries(node.attributes).map(([key, value]) => {
    if (!(value instanceof Subgraph)) return [key, value] as const;
    const inner = value.nodes.map((each) => renamed(each, names));
    return [key, new Subgraph(inner, value.outputs)] as const;
  });
  return {
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    attributes: Object.fromEntries(attributes),
  };
}

function mismatch(message: string): LibraError {
  return new LibraError('LIBRA_CHECKPOINT_INVALID', message, {
    hint: 'config.json and the weights do not belong together; save the checkpoint again.',
  });
}

/**
 * The few protobuf messages of an ONNX model, written by hand: field numbers are those of onnx.proto3
 * (github.com/onnx/onnx). Weights are not copied: an external tensor names a file, an offset and a length.
 */

/** TensorProto.DataType numbers. */
export const ELEMENT = { float32: 1, int32: 6, int64: 7, bool: 9, float16: 10, bfloat16: 16 } as const;
export type ElementType = keyof typeof ELEMENT;

/** A whole number is written as INT, [numbers] as INTS; a `Float` makes a FLOAT of a number that may look whole. */
export type Attribute = number | string | readonly number[] | Float | Subgraph;
/** A branch of an `If`: its nodes may use every value of the graph around it. */
export class Subgraph {
  readonly nodes: readonly OnnxNode[];
  readonly outputs: readonly OnnxValue[];
  constructor(nodes: readonly OnnxNode[], outputs: readonly OnnxValue[]) {
    this.nodes = nodes;
    this.outputs = outputs;
  }
}
export class Float {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

export interface OnnxNode {
  readonly op: string;
  /** '' is ONNX's own; 'com.microsoft' holds the runtime's extra operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Bytes in place, or where to find them (`location` is relative to the model file). */
  readonly data: Uint8Array | { readonly location: string; readonly offset: number; readonly length: number };
}

/** A dimension is a number or a free name such as `batch`. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

/** ir_version 11 belongs to operator set 23, the first with Attention. */
const IR_VERSION = 11;
const OPSET = 23;

/** The bytes of a .onnx file. */
export function writeModel(graph: OnnxGraph): Buffer {
  return Buffer.concat([
    integer(1, IR_VERSION),
    text(2, 'libra'),
    message(7, writeGraph(graph)),
    message(8, [text(1, ''), integer(2, OPSET)]),
    message(8, [text(1, 'com.microsoft'), integer(2, 1)]),
  ]);
}

function writeGraph(graph: OnnxGraph): Buffer[] {
  return [
    ...graph.nodes.map((node) => message(1, writeNode(node))),
    text(2, 'libra'),
    ...graph.initializers.map((tensor) => message(5, writeTensor(tensor))),
    ...graph.inputs.map((value) => message(11, writeValue(value))),
    ...graph.outputs.map((value) => message(12, writeValue(value))),
  ];
}

function writeNode(node: OnnxNode): Buffer[] {
  return [
    ...node.inputs.map((input) => text(1, input)),
    ...node.outputs.map((output) => text(2, output)),
    text(3, node.outputs[0] ?? ''),
    text(4, node.op),
    ...Object.entries(node.attributes).map(([name, value]) => message(5, [text(1, name), ...writeAttribute(value)])),
    text(7, node.domain),
  ];
}

/** Field 20 is the kind: FLOAT 1, INT 2, STRING 3, GRAPH 5, INTS 7. */
function writeAttribute(value: Attribute): Buffer[] {
  if (value instanceof Subgraph) {
    return [message(6, writeGraph({ ...value, initializers: [], inputs: [] })), integer(20, 5)];
  }
  if (value instanceof Float) return [float(2, value.value), integer(20, 1)];
  if (typeof value === 'number') return [integer(3, value), integer(20, 2)];
  if (typeof value === 'string') return [text(4, value), integer(20, 3)];
  return [...value.map((item) => integer(8, item)), integer(20, 7)];
}

function writeTensor(tensor: OnnxTensor): Buffer[] {
  const head = [
    ...tensor.shape.map((size) => integer(1, size)),
    integer(2, ELEMENT[tensor.type]),
    text(8, tensor.name),
  ];
  if (tensor.data instanceof Uint8Array) return [...head, bytes(9, tensor.data)];
  const { location, offset, length } = tensor.data;
  const entry = (key: string, value: string) => message(13, [text(1, key), text(2, value)]);
  // data_location 1 is EXTERNAL
  return [
    ...head,
    entry('location', location),
    entry('offset', `${offset}`),
    entry('length', `${length}`),
    integer(14, 1),
  ];
}

function writeValue(value: OnnxValue): Buffer[] {
  const dimensions = value.shape.map((size) =>
    message(1, [typeof size === 'number' ? integer(1, size) : text(2, size)]),
  );
  const tensorType = message(1, [integer(1, ELEMENT[value.type]), message(2, dimensions)]);
  return [text(1, value.name), message(2, [tensorType])];
}

function varint(value: number): number[] {
  // Negative numbers are ten bytes of two's complement in protobuf.
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return out;
}

/** Wire types: 0 varint, 2 length-delimited, 5 four bytes. */
function integer(field: number, value: number): Buffer {
  return Buffer.from([...varint(field * 8), ...varint(value)]);
}

function bytes(field: number, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(value.length)]), value]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value, 'utf8'));
}

function message(field: number, parts: readonly Buffer[]): Buffer {
  return bytes(field, Buffer.concat(parts));
}

function float(field: number, value: number): Buffer {
  const four = Buffer.alloc(4);
  four.writeFloatLE(value);
  return Buffer.concat([Buffer.from(varint(field * 8 + 5)), four]);
}

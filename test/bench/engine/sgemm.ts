/** The machine's matrix product through the same runtime: [2048, 2048] x [2048, 2048], what nothing can be faster than. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { GraphBuilder } from '../../../src/embedded/graph/graph-builder.ts';
import { writeModel } from '../../../src/embedded/graph/onnx-writer.ts';

const SIZE = 2048;
const runtime = createRequire(import.meta.url)('onnxruntime-node') as typeof import('onnxruntime-node');
let session: InferenceSession | null = null;

/** Runs one product; time it from outside. */
export async function sgemmSeconds(threads: number): Promise<void> {
  session ??= await open(threads);
  await session.run({ x: new runtime.Tensor('float32', new Float32Array(SIZE * SIZE).fill(0.5), [SIZE, SIZE]) });
}

async function open(threads: number): Promise<InferenceSession> {
  const graph = new GraphBuilder(new Map(), (file) => file);
  const x = graph.input('x', 'float32', ['rows', SIZE]);
  const weight = graph.floats(new Float32Array(SIZE * SIZE).fill(0.25), [SIZE, SIZE]);
  const product = graph.node('Gemm', [x, weight], { transB: 1 });
  graph.output('largest', graph.node('ReduceMax', [product], { keepdims: 0 }), 'float32', []);
  const directory = mkdtempSync(join(tmpdir(), 'libra-sgemm-'));
  const file = join(directory, 'sgemm.onnx');
  writeFileSync(file, writeModel(graph.finish()));
  const opened = await runtime.InferenceSession.create(file, { intraOpNumThreads: threads, interOpNumThreads: 1 });
  rmSync(directory, { recursive: true });
  return opened;
}

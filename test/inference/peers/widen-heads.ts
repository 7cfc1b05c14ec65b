/**
 * The same model with heads four times as wide, which vLLM's CPU kernels can compute (they have none for the fixtures' size of 20):
 * zeros behind every head, queries doubled for the other scale (1/sqrt(4 d)), and a quarter of each head rotated. Every step is exact.
 */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const WIDER = 4;

interface Place {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

interface Shape {
  readonly heads: number;
  readonly size: number;
}

/** Writes the twin of `from` (a Llama of bf16 or fp32 in one safetensors file) into the directory `to`. */
export async function widenHeads(from: string, to: string): Promise<void> {
  const config = JSON.parse(await readFile(join(from, 'config.json'), 'utf8'));
  const size: number = config.head_dim ?? config.hidden_size / config.num_attention_heads;
  const file = await readFile(join(from, 'model.safetensors'));
  const begin = 8 + Number(file.readBigUInt64LE(0));
  const { __metadata__, ...places } = JSON.parse(file.toString('utf8', 8, begin)) as Record<string, Place>;
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const parts: Buffer[] = [];
  let at = 0;
  for (const [name, place] of Object.entries(places)) {
    const [start, end] = place.data_offsets;
    const data = file.subarray(begin + start, begin + end);
    const wide = widen(name, data, place, { size, heads: config.num_attention_heads });
    header[name] = { ...place, shape: wide.shape, data_offsets: [at, at + wide.data.length] };
    parts.push(wide.data);
    at += wide.data.length;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  await mkdir(to, { recursive: true });
  await writeFile(join(to, 'model.safetensors'), Buffer.concat([length, text, ...parts]));
  const rope_parameters = { ...config.rope_parameters, partial_rotary_factor: 1 / WIDER };
  const wider = { ...config, head_dim: size * WIDER, partial_rotary_factor: 1 / WIDER, rope_parameters };
  await writeFile(join(to, 'config.json'), JSON.stringify(wider, null, 2));
  for (const name of ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json']) {
    await copyFile(join(from, name), join(to, name));
  }
}

function widen(name: string, data: Buffer, { dtype, shape }: Place, { size, heads }: Shape) {
  const [rows = 0, columns = 0] = shape;
  const bytes = dtype === 'F32' ? 4 : 2;
  if (/[qkv]_proj\.weight$/.test(name)) {
    // [heads * size, columns]: a head's rows follow one another, so zeros go behind each of them.
    const own = name.includes('q_proj') ? doubled(data, dtype) : data;
    return { data: spread(own, size * columns * bytes), shape: [rows * WIDER, columns] };
  }
  // [rows, heads * size]: within each row.
  if (name.endsWith('o_proj.weight')) return { data: spread(data, size * bytes), shape: [rows, heads * size * WIDER] };
  return { data, shape };
}

/** Each piece of `length` bytes with three times as many zeros behind it. */
function spread(data: Buffer, length: number): Buffer {
  const wide = Buffer.alloc(data.length * WIDER);
  for (let at = 0; at < data.length; at += length) data.copy(wide, at * WIDER, at, at + length);
  return wide;
}

/** Times two; bf16 is the upper half of an fp32, and doubling it loses nothing. */
function doubled(data: Buffer, dtype: string): Buffer {
  const twice = Buffer.alloc(data.length);
  const word = Buffer.alloc(4);
  for (let at = 0; at < data.length; at += dtype === 'F32' ? 4 : 2) {
    if (dtype === 'F32') twice.writeFloatLE(data.readFloatLE(at) * 2, at);
    else if (dtype === 'BF16') {
      word.writeUInt16LE(data.readUInt16LE(at), 2);
      word.writeFloatLE(word.readFloatLE(0) * 2, 0);
      twice.writeUInt16LE(word.readUInt16LE(2), at);
      word.writeUInt16LE(0, 0);
    } else throw new Error(`weights of type ${dtype}`);
  }
  return twice;
}

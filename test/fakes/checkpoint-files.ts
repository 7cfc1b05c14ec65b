/** Small real checkpoint files, in the order the Hugging Face Trainer writes them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A valid safetensors file; `fill` makes its bytes differ from those of another. */
export function safetensors(fill: number, elements = 64, names: readonly string[] = ['a', 'b']): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  const bytes = elements * 4;
  for (const [at, name] of names.entries()) {
    header[name] = { dtype: 'F32', shape: [elements], data_offsets: [at * bytes, (at + 1) * bytes] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  const data = Buffer.alloc(bytes * names.length);
  for (let at = 0; at < data.length; at += 4) data.writeFloatLE(Math.sin(fill + at), at);
  return Buffer.concat([length, json, data]);
}

/** An empty but valid zip archive after one stored entry: what torch.save looks like from outside. */
export function torchArchive(fill: number): Buffer {
  const name = Buffer.from('archive/data.pkl');
  const content = Buffer.from(`pickle ${fill}`);
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt32LE(content.length, 18);
  local.writeUInt32LE(content.length, 22);
  local.writeUInt16LE(name.length, 26);
  const central = Buffer.alloc(46);
  central.writeUInt32LE(0x02014b50, 0);
  central.writeUInt16LE(name.length, 28);
  const start = local.length + name.length + content.length;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length + name.length, 12);
  end.writeUInt32LE(start, 16);
  return Buffer.concat([local, name, content, central, name, end]);
}

export function trainerState(step: number, loss = '1.5', extra = ''): string {
  return `{"global_step": ${step}, "max_steps": 1000, "num_input_tokens_seen": ${step * 10}, ${extra}
    "log_history": [{"step": ${step}, "loss": ${loss}, "grad_norm": 0.5, "learning_rate": 0.001}]}`;
}

export interface FakeCheckpoint {
  readonly step: number;
  /** Content of the weights. */
  readonly fill?: number;
  readonly shards?: number;
  readonly loss?: string;
  /** Without the files only the Trainer writes. */
  readonly bare?: boolean;
}

export type NamedFile = readonly [name: string, content: Buffer | string];

/** Every file in the order of writing. */
export function hfFiles({ step, fill = step, shards = 1, loss = '1.5', bare = false }: FakeCheckpoint): NamedFile[] {
  const weights: NamedFile[] = [];
  if (shards === 1) weights.push(['model.safetensors', safetensors(fill)]);
  else {
    const map: Record<string, string> = {};
    for (let at = 1; at <= shards; at++) {
      const name = `model-${String(at).padStart(5, '0')}-of-${String(shards).padStart(5, '0')}.safetensors`;
      weights.push([name, safetensors(fill + at, 64, [`t${at}`])]);
      map[`t${at}`] = name;
    }
    weights.push(['model.safetensors.index.json', JSON.stringify({ metadata: { total_size: 1 }, weight_map: map })]);
  }
  return [
    ['config.json', '{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}'],
    ['generation_config.json', '{}'],
    ...weights,
    ['tokenizer_config.json', '{}'],
    ['tokenizer.json', '{"model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}'],
    ...(bare
      ? []
      : ([
          ['training_args.bin', torchArchive(0)],
          ['optimizer.pt', torchArchive(step)],
          ['scheduler.pt', torchArchive(step)],
          ['rng_state.pth', torchArchive(step)],
          ['trainer_state.json', trainerState(step, loss)],
        ] as NamedFile[])),
  ];
}

/** Writes a whole checkpoint at once; returns its directory. */
export async function writeCheckpoint(run: string, checkpoint: FakeCheckpoint, name?: string): Promise<string> {
  const directory = join(run, name ?? `checkpoint-${checkpoint.step}`);
  await writeFiles(directory, hfFiles(checkpoint));
  return directory;
}

export async function writeFiles(directory: string, files: readonly NamedFile[]): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const [name, content] of files) await writeFile(join(directory, name), content);
}

/** What an engine must know of a checkpoint before it is started, from config.json and the tokenizer's files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { LibraError, messageOf } from '../domain/errors.ts';
import { parseTolerantJson } from '../system/json.ts';

/** How weights were saved: safetensors, or PyTorch's own zip of pickles. */
export type WeightFormat = 'safetensors' | 'pytorch';

/** A low-rank adapter, whose other facts are those of its base model. */
export interface AdapterFacts {
  /** Directory (or, not on this machine, the name) of the base model. */
  readonly base: string;
  readonly rank: number | null;
}

export interface ModelFacts {
  /** `model_type` of config.json; null when it does not say. */
  readonly modelType: string | null;
  readonly architectures: readonly string[];
  readonly dtype: string | null;
  /** Quantisation method, if quantised. */
  readonly quantization: string | null;
  readonly maxPositions: number | null;
  /** The token a text starts with where it has no context: BOS, else EOS (lm-evaluation-harness's prefix_token_id). */
  readonly prefixTokenId: number | null;
  /** Null when no file of weights is there (yet). */
  readonly format: WeightFormat | null;
  /** Weights in files, without an adapter's own; null when unknown. */
  readonly parameters: number | null;
  /** Null where the checkpoint is a whole model. */
  readonly adapter: AdapterFacts | null;
}

const Config = z.object({
  model_type: z.string().optional(),
  architectures: z.array(z.string()).nullish(),
  torch_dtype: z.string().nullish(),
  dtype: z.string().nullish(),
  quantization_config: z.object({ quant_method: z.string().optional() }).nullish(),
  max_position_embeddings: z.number().nullish(),
  n_positions: z.number().nullish(),
  bos_token_id: z.number().nullish(),
  eos_token_id: z.union([z.number(), z.array(z.number())]).nullish(),
});

/**
 * @param base directory of the base model, for an adapter whose own configuration does not lead there
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when config.json is missing or unreadable
 */
export async function readModelFacts(path: string, base?: string): Promise<ModelFacts> {
  const adapter = await readAdapter(path, base);
  const whole = adapter?.base ?? path;
  const config = await readConfig(whole);
  const eos = Array.isArray(config.eos_token_id) ? config.eos_token_id[0] : config.eos_token_id;
  const dtype = config.dtype ?? config.torch_dtype ?? null;
  const quantization = config.quantization_config ? (config.quantization_config.quant_method ?? 'unnamed') : null;
  const weights = await weighFiles(whole);
  return {
    modelType: config.model_type ?? null,
    architectures: config.architectures ?? [],
    dtype,
    quantization,
    maxPositions: config.max_position_embeddings ?? config.n_positions ?? null,
    prefixTokenId: (await prefixOfTokenizer(whole)) ?? config.bos_token_id ?? eos ?? null,
    format: weights.format,
    parameters: quantization === null && weights.bytes > 0 ? Math.round(weights.bytes / bytesEach(dtype)) : null,
    adapter,
  };
}

const Adapter = z.object({ base_model_name_or_path: z.string().nullish(), r: z.number().nullish() });

/** Null unless the directory holds an adapter and no model of its own. */
async function readAdapter(path: string, base?: string): Promise<AdapterFacts | null> {
  const names: readonly string[] = await readdir(path).catch(() => []);
  if (names.includes('config.json') || !names.includes('adapter_config.json')) return null;
  let adapter: z.infer<typeof Adapter>;
  try {
    adapter = Adapter.parse(parseTolerantJson(await readFile(join(path, 'adapter_config.json'), 'utf8')));
  } catch (cause) {
    throw new LibraError(
      'LIBRA_CHECKPOINT_INVALID',
      `adapter_config.json of ${path} cannot be read: ${messageOf(cause)}`,
      {
        hint: 'Was the adapter written to its end?',
        cause,
      },
    );
  }
  const named = base ?? adapter.base_model_name_or_path ?? '';
  const near = isAbsolute(named) ? named : resolve(path, named);
  const found = await stat(join(near, 'config.json')).then(
    () => true,
    () => false,
  );
  if (named !== '' && found) return { base: near, rank: adapter.r ?? null };
  throw new LibraError('LIBRA_CHECKPOINT_INVALID', `the base model of the adapter ${path} is not here: "${named}"`, {
    hint: 'Give the directory of the base model as `base` of the run in libra.yaml, or in adapter_config.json.',
  });
}

/** Bytes that one weight takes in a file; unnamed dtypes are taken for half precision, as most checkpoints are. */
function bytesEach(dtype: string | null): number {
  if (dtype === 'float32') return 4;
  return dtype === 'float64' ? 8 : 2;
}

const SAFETENSORS = /^model.*\.safetensors$/;
const PYTORCH = /^pytorch_model.*\.bin$/;

async function weighFiles(path: string): Promise<{ readonly format: WeightFormat | null; readonly bytes: number }> {
  const names: readonly string[] = await readdir(path).catch(() => []);
  for (const [format, pattern] of [
    ['safetensors', SAFETENSORS],
    ['pytorch', PYTORCH],
  ] as const) {
    const own = names.filter((name) => pattern.test(name));
    if (own.length === 0) continue;
    const sizes = await Promise.all(own.map((name) => stat(join(path, name)).then(({ size }) => size)));
    return { format, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }
  return { format: null, bytes: 0 };
}

async function readConfig(path: string): Promise<z.infer<typeof Config>> {
  try {
    return Config.parse(parseTolerantJson(await readFile(join(path, 'config.json'), 'utf8')));
  } catch (cause) {
    throw new LibraError('LIBRA_CHECKPOINT_INVALID', `config.json of ${path} cannot be read: ${messageOf(cause)}`, {
      hint: 'Is this a Hugging Face checkpoint directory, and was it written to its end?',
      cause,
    });
  }
}

const Token = z.union([z.string(), z.object({ content: z.string() }).transform((token) => token.content)]).nullish();
const TokenizerConfig = z.object({ bos_token: Token, eos_token: Token });
const TokenizerFile = z.object({
  added_tokens: z.array(z.object({ id: z.number(), content: z.string() })).default([]),
});

/** The tokenizer knows better than config.json, which often names a BOS that the tokenizer never uses. */
async function prefixOfTokenizer(path: string): Promise<number | null> {
  try {
    const names = TokenizerConfig.parse(JSON.parse(await readFile(join(path, 'tokenizer_config.json'), 'utf8')));
    const { added_tokens } = TokenizerFile.parse(JSON.parse(await readFile(join(path, 'tokenizer.json'), 'utf8')));
    const name = names.bos_token ?? names.eos_token;
    return added_tokens.find((token) => token.content === name)?.id ?? null;
  } catch {
    return null; // No such files, or of another kind: config.json has to do.
  }
}

/** What an engine must know of a checkpoint before it is started, from config.json (an adapter's base's) and the tokenizer's files. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LibraError, messageOf } from '../domain/errors.ts';
import { findBaseModel } from '../system/base-model.ts';
import { parseTolerantJson } from '../system/json.ts';
import { NO_FRAME, readTokenizerFacts, type TextFrame } from './text-frame.ts';

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
  /** What its tokenizer puts around every text. */
  readonly frame: TextFrame;
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
 * @param baseModel base of an adapter, instead of the one its adapter_config.json names
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when config.json is missing or unreadable, LIBRA_BASE_MODEL_MISSING
 */
export async function readModelFacts(path: string, baseModel: string | null = null): Promise<ModelFacts> {
  const adapter = await readAdapter(path, baseModel);
  const whole = adapter?.base ?? path;
  const config = await readConfig(whole);
  const eos = Array.isArray(config.eos_token_id) ? config.eos_token_id[0] : config.eos_token_id;
  const dtype = config.dtype ?? config.torch_dtype ?? null;
  const quantization = config.quantization_config ? (config.quantization_config.quant_method ?? 'unnamed') : null;
  const weights = await weighFiles(whole);
  const tokenizer = (await readTokenizerFacts(path)) ?? (await readTokenizerFacts(whole));
  return {
    modelType: config.model_type ?? null,
    architectures: config.architectures ?? [],
    dtype,
    quantization,
    maxPositions: config.max_position_embeddings ?? config.n_positions ?? null,
    // The tokenizer knows better than config.json, which often names a BOS that the tokenizer never uses.
    prefixTokenId: tokenizer?.prefixTokenId ?? config.bos_token_id ?? eos ?? null,
    frame: tokenizer?.frame ?? NO_FRAME,
    format: weights.format,
    parameters: quantization === null && weights.bytes > 0 ? Math.round(weights.bytes / bytesEach(dtype)) : null,
    adapter,
  };
}

const AdapterConfig = z.object({
  base_model_name_or_path: z.string().nullish(),
  revision: z.string().nullish(),
  r: z.number().nullish(),
});

/** Null unless the directory holds an adapter and no weights of its own. */
async function readAdapter(path: string, baseModel: string | null): Promise<AdapterFacts | null> {
  const names = await readdir(path).catch(() => [] as string[]);
  const isAdapter =
    names.includes('adapter_config.json') && !names.some((name) => /^(?:pytorch_)?model[.-]/.test(name));
  if (!isAdapter) return null;
  const adapter = await readAdapterConfig(path);
  const name = baseModel ?? adapter.base_model_name_or_path;
  if (!name) {
    throw new LibraError('LIBRA_BASE_MODEL_MISSING', `the adapter in ${path} names no base model`, {
      hint: 'Name its directory: --base-model DIR, or base in the entry of runs.',
    });
  }
  const revision = baseModel === null ? (adapter.revision ?? null) : null;
  return { base: await findBaseModel(name, { near: path, revision }), rank: adapter.r ?? null };
}

async function readAdapterConfig(path: string): Promise<z.infer<typeof AdapterConfig>> {
  try {
    return AdapterConfig.parse(parseTolerantJson(await readFile(join(path, 'adapter_config.json'), 'utf8')));
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

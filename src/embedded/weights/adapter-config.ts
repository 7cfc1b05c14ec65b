/** adapter_config.json of PEFT: what kind of adapter it is, over which base, and how strongly each module is changed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import { parseTolerantJson } from '../../system/json.ts';

export const ADAPTER_CONFIG = 'adapter_config.json';

const Pattern = z.record(z.string(), z.number().positive()).nullish();
const Indices = z.array(z.int().nonnegative());

const Config = z.object({
  peft_type: z.string(),
  base_model_name_or_path: z.string().nullish(),
  revision: z.string().nullish(),
  r: z.int().positive().default(8),
  lora_alpha: z.number().default(8),
  use_rslora: z.boolean().nullish(),
  use_dora: z.boolean().nullish(),
  fan_in_fan_out: z.boolean().nullish(),
  ensure_weight_tying: z.boolean().nullish(),
  rank_pattern: Pattern,
  alpha_pattern: Pattern,
  init_lora_weights: z.unknown().optional(),
  trainable_token_indices: z.union([Indices, z.record(z.string(), Indices)]).nullish(),
});

export type AdapterConfig = z.infer<typeof Config>;

/** Settings that change what a LoRA layer computes, beyond what is folded here. */
const OTHER_LAYERS = [
  'layer_replication',
  'use_qalora',
  'alora_invocation_tokens',
  'use_bdlora',
  'arrow_config',
  'kasa_config',
  'monteclora_config',
  'target_parameters',
];

/** Initialisations that take the adapter's first value out of the base weights, so that it fits only that changed base. */
const CHANGES_BASE = /^(?:pissa|olora|corda|loftq|lora_ga)/i;

/**
 * @throws LibraError LIBRA_CHECKPOINT_INVALID when it is missing or broken, LIBRA_ARCHITECTURE_UNSUPPORTED for adapters that are
 * not LoRA or change more than weights
 */
export async function readAdapterConfig(directory: string): Promise<AdapterConfig> {
  const file = join(directory, ADAPTER_CONFIG);
  let raw: unknown;
  let config: AdapterConfig;
  try {
    raw = parseTolerantJson(await readFile(file, 'utf8'));
    config = Config.parse(raw);
  } catch (cause) {
    throw new LibraError('LIBRA_CHECKPOINT_INVALID', `${file} is missing or not the configuration of an adapter`, {
      hint: 'Save the adapter again with save_pretrained of PEFT.',
      cause,
    });
  }
  if (config.peft_type !== 'LORA') throw unsupported(`adapters of type ${JSON.stringify(config.peft_type)}`);
  const other = OTHER_LAYERS.find((name) => isSet((raw as Record<string, unknown>)[name]));
  if (other !== undefined) throw unsupported(`LoRA adapters with ${other}`);
  if (typeof config.init_lora_weights === 'string' && CHANGES_BASE.test(config.init_lora_weights)) {
    throw unsupported(`adapters over a base that init_lora_weights "${config.init_lora_weights}" has changed`);
  }
  return config;
}

/** Rank and scale of the module at `path`, by the first pattern that the path ends with (PEFT's rule), else the general ones. */
export function strengthOf(config: AdapterConfig, path: string): { readonly rank: number; readonly scale: number } {
  const rank = matching(config.rank_pattern, path) ?? config.r;
  const alpha = matching(config.alpha_pattern, path) ?? config.lora_alpha;
  return { rank, scale: alpha / (config.use_rslora ? Math.sqrt(rank) : rank) };
}

function matching(pattern: AdapterConfig['rank_pattern'], path: string): number | undefined {
  for (const [key, value] of Object.entries(pattern ?? {})) {
    if (expressionOf(key).test(path)) return value;
  }
  return undefined;
}

/** A repeated group or many repetitions can take for ever on a name that nearly fits: such a key is refused. */
function expressionOf(key: string): RegExp {
  const repetitions = key.match(/[*+{]/g)?.length ?? 0;
  if (key.length > 300 || repetitions > 4 || /\)[*+?{]/.test(key)) {
    throw unsupported(`a pattern as involved as ${JSON.stringify(key.slice(0, 100))}`);
  }
  try {
    return new RegExp(`^(?:.*\\.)?(?:${key})$`);
  } catch (cause) {
    throw new LibraError(
      'LIBRA_CHECKPOINT_INVALID',
      `${ADAPTER_CONFIG} has the impossible pattern ${JSON.stringify(key)}`,
      {
        hint: 'Correct rank_pattern and alpha_pattern.',
        cause,
      },
    );
  }
}

function isSet(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

export function unsupported(what: string): LibraError {
  return new LibraError('LIBRA_ARCHITECTURE_UNSUPPORTED', `the embedded engine has no ${what}`, {
    hint: 'Merge the adapter into its base (merge_and_unload of PEFT) and evaluate the result, or serve it and pass --engine http://host:port.',
  });
}

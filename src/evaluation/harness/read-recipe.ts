/** How a task was asked and scored, as far as a results file tells, and whether two of them can be the same. Pure. */
import { sha256 } from '../../system/hash.ts';
import { canonicalJson } from '../../system/json.ts';

type Recipe = Readonly<Record<string, unknown>>;

/** Keys of a task's configuration that change what is asked or how it is scored. */
const ASKED = [
  'output_type',
  'doc_to_text',
  'doc_to_target',
  'doc_to_choice',
  'description',
  'target_delimiter',
  'fewshot_delimiter',
  'fewshot_split',
  'filter_list',
  'generation_kwargs',
  'gen_prefix',
  'use_prompt',
  'dataset_name',
  'repeats',
] as const;

/** What is said of all tasks together: how prompts were wrapped. A key that is there and null means "not at all". */
export function commonRecipe(file: Recipe): Recipe {
  const wrapped = (key: string) => {
    const value = file[key];
    if (value === undefined) return {};
    return { [key]: typeof value === 'string' && value !== '' ? sha256(value).slice(0, 16) : 'none' };
  };
  // Without a template turns mean nothing.
  const isChat = typeof file.chat_template === 'string' && file.chat_template !== '';
  return {
    ...wrapped('chat_template'),
    ...wrapped('system_instruction'),
    ...(isChat && file.fewshot_as_multiturn !== undefined ? { multiturn: file.fewshot_as_multiturn === true } : {}),
  };
}

export function taskRecipe(config: Recipe, shots: number | null, version: string): Recipe {
  const asked = ASKED.flatMap((key) => {
    const value = config[key];
    return value === undefined || value === null ? [] : [[key, withoutAddresses(value)] as const];
  });
  return {
    ...Object.fromEntries(asked),
    ...(shots === null ? {} : { shots }),
    ...(version === '' ? {} : { version: Number.isNaN(Number(version)) ? version : String(Number(version)) }),
  };
}

/** A function that was printed has its place in memory in it. */
function withoutAddresses(value: unknown): unknown {
  return typeof value === 'string' ? value.replaceAll(/ at 0x[0-9a-f]+/gi, '') : value;
}

/**
 * True when nothing that both say differs: releases of the harness write down more or less of the same task,
 * and what only one of them says is no difference.
 */
export function isSameRecipe(a: Recipe, b: Recipe): boolean {
  return Object.keys(a).every((key) => isCompatible(a[key], b[key]));
}

function isCompatible(a: unknown, b: unknown): boolean {
  if (a === undefined || b === undefined || a === null || b === null) return true;
  const areFields = [a, b].every((one) => typeof one === 'object' && !Array.isArray(one));
  return areFields ? isSameRecipe(a as Recipe, b as Recipe) : canonicalJson(a) === canonicalJson(b);
}

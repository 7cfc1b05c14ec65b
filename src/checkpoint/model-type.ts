/**
 * Recognises what kind of model a checkpoint is. A chat template alone proves nothing: many base models carry their family's.
 * What tells is whether the model was taught to end its turns: then its end-of-text token is the one the template ends a turn with.
 */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { ModelType, RecognisedModelType } from '../domain/model-type.ts';
import { parseTolerantJson } from '../system/json.ts';

/** What the files beside the weights say; every part may be missing. */
export interface ModelTypeFacts {
  /** Names of its directory and of the model it was loaded from. */
  readonly names: readonly string[];
  readonly architectures: readonly string[];
  readonly chatTemplate: string | null;
  /** Texts of the tokens that end a generation: of the tokenizer and of generation_config.json. */
  readonly endTokens: readonly string[];
  readonly adapterBase: string | null;
  readonly isAdapter: boolean;
  /** sentence-transformers writes it beside its models. */
  readonly hasPooling: boolean;
}

/** What the user says of the run. */
export interface SaidOfModel {
  readonly type?: ModelType | null;
  readonly stage?: string | null;
}

/**
 * @param directory the checkpoint's; files that are missing or broken say nothing
 * @param said the user's word, which counts more than any file
 */
export async function recogniseModelType(directory: string, said: SaidOfModel = {}): Promise<RecognisedModelType> {
  return decideModelType(await readFacts(directory), said);
}

/** Parts of names that tuned models bear, and nobody else does. */
const TUNED_NAME = /(?:^|[-_./])(?:instruct|chat|it|sft|dpo|orpo|kto|rlhf|ppo|grpo|assistant)(?:$|[-_./\d])/i;
const TUNED_STAGES: ReadonlySet<string> = new Set(['sft', 'preference', 'rl']);
const REWARD = /ForSequenceClassification$|RewardModel$/;
const WRITES_TEXT = /ForCausalLM$|LMHeadModel$|ForConditionalGeneration$/;

/** Pure. */
export function decideModelType(facts: ModelTypeFacts, said: SaidOfModel = {}): RecognisedModelType {
  const { isAdapter, adapterBase: base } = facts;
  const hasChatTemplate = facts.chatTemplate !== null;
  const is = (type: ModelType, evidence: readonly string[]) => ({ type, isAdapter, hasChatTemplate, base, evidence });
  if (said.type != null) return is(said.type, ['the configuration says so']);
  if (facts.architectures.some((name) => REWARD.test(name))) {
    return is('reward', [`its architecture is ${facts.architectures.join(', ')}`]);
  }
  const isHeadless = facts.architectures.length > 0 && !facts.architectures.some((name) => WRITES_TEXT.test(name));
  if (facts.hasPooling || (isHeadless && facts.architectures.every((name) => /Model$|ForMaskedLM$/.test(name)))) {
    return is('embedding', [
      facts.hasPooling ? 'it has a pooling layer' : `its architecture is ${facts.architectures}`,
    ]);
  }
  const tuned = evidenceOfTuning(facts, said);
  if (tuned.length > 0 && hasChatTemplate) return is('chat', [...tuned, 'it has a chat template']);
  if (hasChatTemplate) {
    return is('base', ['it has a chat template, but nothing shows that it was tuned on it: it ends texts, not turns']);
  }
  if (tuned.length > 0) return is('base', [`it has no chat template, so it is asked as a base model (${tuned[0]})`]);
  return is('base', ['it has no chat template']);
}

function evidenceOfTuning({ names, chatTemplate, endTokens }: ModelTypeFacts, said: SaidOfModel): string[] {
  const evidence: string[] = [];
  if (said.stage != null && TUNED_STAGES.has(said.stage)) evidence.push(`its stage is ${said.stage}`);
  const ending = endTokens.find((token) => chatTemplate?.includes(token));
  if (ending !== undefined) evidence.push(`it ends with ${ending}, which its template ends turns with`);
  else if (chatTemplate !== null && /\beos_token\b/.test(chatTemplate)) {
    evidence.push('its template ends turns with its end-of-text token');
  }
  const named = names.find((name) => TUNED_NAME.test(name));
  if (named !== undefined) evidence.push(`its name is ${named}`);
  return evidence;
}

const text = z.string().nullish().catch(null);
const tokenText = z
  .union([z.string(), z.object({ content: z.string() }).transform(({ content }) => content)])
  .nullish()
  .catch(null);
const ids = z
  .union([z.number().transform((id) => [id]), z.array(z.number())])
  .nullish()
  .catch(null);
const ConfigFile = z.object({
  architectures: z.array(z.string()).nullish().catch(null),
  _name_or_path: text,
});
const TokenizerFile = z.object({
  chat_template: z
    .union([z.string(), z.array(z.object({ name: z.string(), template: z.string() }))])
    .nullish()
    .catch(null),
  eos_token: tokenText,
  added_tokens_decoder: z
    .record(z.string(), z.looseObject({ content: z.string() }))
    .nullish()
    .catch(null),
});
const GenerationFile = z.object({ eos_token_id: ids });
const AdapterFile = z.object({ base_model_name_or_path: text });

async function readFacts(directory: string): Promise<ModelTypeFacts> {
  const read = async <Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema> | null> => {
    try {
      return schema.parse(parseTolerantJson(await readFile(join(directory, name), 'utf8')));
    } catch {
      return null;
    }
  };
  const [config, tokenizer, generation, adapter, template, pooling] = await Promise.all([
    read('config.json', ConfigFile),
    read('tokenizer_config.json', TokenizerFile),
    read('generation_config.json', GenerationFile),
    read('adapter_config.json', AdapterFile),
    readFile(join(directory, 'chat_template.jinja'), 'utf8').catch(() => null),
    readFile(join(directory, 'modules.json'), 'utf8').catch(() => null),
  ]);
  const listed = tokenizer?.chat_template ?? null;
  const ofTokenizer =
    typeof listed === 'string' ? listed : (listed?.find(({ name }) => name === 'default')?.template ?? null);
  const textOf = (id: number) => tokenizer?.added_tokens_decoder?.[String(id)]?.content;
  const endTokens = [tokenizer?.eos_token, ...(generation?.eos_token_id ?? []).map(textOf)];
  return {
    names: [basename(directory), config?._name_or_path, adapter?.base_model_name_or_path].filter(
      (name) => name != null,
    ),
    architectures: config?.architectures ?? [],
    chatTemplate: template ?? ofTokenizer,
    endTokens: endTokens.filter((token): token is string => token != null && token !== ''),
    adapterBase: adapter?.base_model_name_or_path ?? null,
    isAdapter: adapter !== null,
    hasPooling: pooling?.includes('sentence_transformers.models.Pooling') === true,
  };
}

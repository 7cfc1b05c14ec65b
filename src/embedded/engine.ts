/** Everything one served checkpoint consists of; what the routes are given. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTolerantJson } from '../system/json.ts';
import { Generator } from './decoding/generator.ts';
import { recordOf } from './graph/model-config.ts';
import type { Limits } from './limits.ts';
import { type LoadOptions, loadModel } from './load-model.ts';
import { Reader } from './reading/reader.ts';
import { Scorer } from './scorer.ts';
import { loadChatTemplate, type RenderChat } from './text/chat-template.ts';
import { loadTokenizer, type Tokenizer } from './text/tokenizer.ts';
import { firstFile } from './weights/find-weights.ts';

export interface Engine {
  readonly tokenizer: Tokenizer;
  readonly scorer: Scorer;
  readonly generator: Generator;
  readonly limits: Limits;
  /** Null when the checkpoint has no chat template. */
  readonly renderChat: RenderChat | null;
  readonly vocabSize: number;
  /** Longest sequence, tokens. */
  readonly maxLength: number;
}

/** @throws LibraError when the checkpoint cannot be read, built or held in memory */
export async function loadEngine(checkpoint: string, options: LoadOptions): Promise<Engine> {
  const model = await loadModel(checkpoint, options);
  const home = await directoryWith('tokenizer.json', model.directories);
  const tokenizer = await loadTokenizer(home, model.config);
  const generationHome = await directoryWith('generation_config.json', model.directories);
  const generation = await readFile(join(generationHome, 'generation_config.json'), 'utf8').catch(() => '{}');
  const endTokens = new Set([
    ...idsOf(recordOf(parseTolerantJson(generation))?.eos_token_id ?? model.config.eos_token_id),
    ...idsOf(tokenizer.endToken),
  ]);
  const reader = new Reader(model.runtime, model.limits);
  return {
    tokenizer,
    scorer: new Scorer(reader, model.limits),
    generator: new Generator(model.runtime, reader, model.limits, endTokens),
    limits: model.limits,
    renderChat: await loadChatTemplate(home, tokenizer),
    vocabSize: model.runtime.shape.vocabSize,
    maxLength: model.runtime.shape.maxLength,
  };
}

/** The first directory that has the file, else the first: an adapter's own tokenizer goes before its base's. */
async function directoryWith(name: string, directories: readonly string[]): Promise<string> {
  for (const directory of directories) {
    if ((await firstFile(directory, [name])) !== null) return directory;
  }
  return directories[0] ?? '';
}

/** Configs give one id or a list. */
function idsOf(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((id) => typeof id === 'number');
}

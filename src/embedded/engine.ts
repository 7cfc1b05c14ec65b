/** Everything one served checkpoint consists of; what the routes are given. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseTolerantJson } from '../system/json.ts';
import { Generator } from './generator.ts';
import { recordOf } from './graph/model-config.ts';
import type { Limits } from './limits.ts';
import { type LoadOptions, loadModel } from './load-model.ts';
import { Reader } from './reader.ts';
import { Scorer } from './scorer.ts';
import { loadChatTemplate, type RenderChat } from './text/chat-template.ts';
import { loadTokenizer, type Tokenizer } from './text/tokenizer.ts';

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
  const tokenizer = await loadTokenizer(checkpoint, model.config);
  const generation = await readFile(join(checkpoint, 'generation_config.json'), 'utf8').catch(() => '{}');
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
    renderChat: await loadChatTemplate(checkpoint, tokenizer),
    vocabSize: model.runtime.shape.vocabSize,
    maxLength: model.runtime.shape.maxLength,
  };
}

/** Configs give one id or a list. */
function idsOf(value: unknown): number[] {
  return (Array.isArray(value) ? value : [value]).filter((id) => typeof id === 'number');
}

/** The public door: a typed configuration and the interfaces that adapters are written against; nothing else is API. */
import type { ConfigInput } from './config/schema.ts';

export type { Config, ConfigInput } from './config/schema.ts';
export type { LibraEvent } from './domain/event.ts';
export type { LanguageModel, ModelDescription } from './domain/language-model.ts';

/** Returns its argument: an editor knows every key, and the compiler refuses a wrong one. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config;
}

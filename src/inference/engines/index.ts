/** Engines Libra can start by itself, in the order in which it tries them when none is named. */
import type { StartedEngine } from '../engine.ts';
import { embedded } from './embedded.ts';

export { openaiCompatible } from './openai-compatible.ts';
export const ENGINES: readonly StartedEngine[] = [embedded];

/** Every architecture the embedded engine can build. */
import type { Architecture } from '../architecture.ts';
import { gemma2 } from './gemma2.ts';
import { gemma3, gemma3Text } from './gemma3.ts';
import { gptNeox } from './gpt-neox.ts';
import { gpt2 } from './gpt2.ts';
import { llama } from './llama.ts';
import { ministral, mistral } from './mistral.ts';
import { olmo2 } from './olmo2.ts';
import { phi3 } from './phi3.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';

export const ARCHITECTURES: readonly Architecture[] = [
  llama,
  mistral,
  ministral,
  qwen2,
  qwen3,
  olmo2,
  gemma2,
  gemma3Text,
  gemma3,
  phi3,
  gpt2,
  gptNeox,
];

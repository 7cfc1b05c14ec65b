/** Every architecture the embedded engine can build. */
import type { Architecture } from '../architecture.ts';
import { cohere } from './cohere.ts';
import { gemma } from './gemma.ts';
import { gemma2 } from './gemma2.ts';
import { gemma3, gemma3Text } from './gemma3.ts';
import { gptNeox } from './gpt-neox.ts';
import { gpt2 } from './gpt2.ts';
import { granite } from './granite.ts';
import { llama } from './llama.ts';
import { ministral, mistral } from './mistral.ts';
import { olmo } from './olmo.ts';
import { olmo2 } from './olmo2.ts';
import { olmo3 } from './olmo3.ts';
import { phi3 } from './phi3.ts';
import { qwen2 } from './qwen2.ts';
import { qwen3 } from './qwen3.ts';
import { smollm3 } from './smollm3.ts';
import { stablelm } from './stablelm.ts';
import { starcoder2 } from './starcoder2.ts';

export const ARCHITECTURES: readonly Architecture[] = [
  llama,
  mistral,
  ministral,
  qwen2,
  qwen3,
  olmo,
  olmo2,
  olmo3,
  gemma,
  gemma2,
  gemma3Text,
  gemma3,
  phi3,
  gpt2,
  gptNeox,
  granite,
  smollm3,
  stablelm,
  starcoder2,
  cohere,
];

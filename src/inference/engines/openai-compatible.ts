/** A server that runs already, whoever started it: vLLM, SGLang, llama-server, `libra serve` or anything else of OpenAI's shape. */
import type { RunningEngine } from '../engine.ts';

/** @param url `http(s)://host:port`, with or without a trailing `/v1`, or `unix:/path` */
export function openaiCompatible(url: string): RunningEngine {
  return {
    kind: 'running',
    name: 'openai-compatible',
    // What it can run was settled when it was started.
    abilities: {
      answers: ['loglikelihood', 'loglikelihood_rolling', 'generate_until'],
      architectures: 'any',
      formats: ['safetensors', 'pytorch'],
      adapters: true,
      quantised: true,
    },
    base: url.replace(/\/+$/, '').replace(/\/v1$/, ''),
  };
}

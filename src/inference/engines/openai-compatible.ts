/** A server that runs already, whoever started it: vLLM, SGLang, llama-server, `libra serve` or anything else of OpenAI's shape. */
import type { RunningEngine } from '../engine.ts';

/** @param url `http(s)://host:port`, with or without a trailing `/v1`, or `unix:/path` */
export function openaiCompatible(url: string): RunningEngine {
  return {
    kind: 'running',
    name: 'openai-compatible',
    answers: ['loglikelihood', 'loglikelihood_rolling', 'generate_until'],
    // Whether it can run this architecture was settled when it was started.
    accepts: () => ({ accepts: true }),
    base: url.replace(/\/+$/, '').replace(/\/v1$/, ''),
  };
}

/** The command line of a vLLM server that scores exactly and keeps to itself. Pure. */
import type { ModelFacts } from '../model-facts.ts';
import type { VllmSettings } from './vllm-settings.ts';

export interface VllmServer {
  readonly directory: string;
  readonly servedName: string;
  readonly port: number;
  readonly facts: ModelFacts;
  readonly dtype: string;
  readonly isOnCpu: boolean;
  /** Number of accelerators. */
  readonly devices: number;
  readonly settings: VllmSettings;
}

/** Ranks that vLLM reserves room for; an adapter's own is rounded up to one of them. */
const LORA_RANKS = [8, 16, 32, 64, 128, 256, 320, 512];

/** @returns everything behind `vllm serve` (or `--model`), the model's directory first */
export function vllmArguments(server: VllmServer): string[] {
  const { directory, servedName, port, facts, dtype, isOnCpu, devices, settings } = server;
  const { adapter } = facts;
  const length = settings.maxLength ?? facts.maxPositions;
  return [
    adapter?.base ?? directory,
    ...['--host', '127.0.0.1', '--port', String(port)],
    // An adapter has the name that answers; its base must have another.
    ...['--served-model-name', adapter === null ? servedName : `base-of-${servedName}`],
    ...(adapter === null ? [] : loraArguments(servedName, directory, adapter.rank)),
    ...['--dtype', dtype],
    ...(length === null ? [] : ['--max-model-len', String(length)]),
    // Sampling defaults of the checkpoint would make greedy something else.
    ...['--generation-config', 'vllm'],
    // Cached prefixes made prompt log-probabilities depend on the order of the requests.
    '--no-enable-prefix-caching',
    ...['--max-logprobs', '5'],
    // A log of every request would push out the lines that tell why it died.
    ...['--uvicorn-log-level', 'warning', '--disable-log-stats'],
    // Compiling takes longer than it saves, and needs a C++ compiler there.
    ...(isOnCpu ? ['--enforce-eager'] : []),
    ...(devices > 1 ? ['--tensor-parallel-size', String(devices)] : []),
    ...(settings.memoryShare === null ? [] : ['--gpu-memory-utilization', String(settings.memoryShare)]),
    ...settings.args,
  ];
}

function loraArguments(name: string, directory: string, rank: number | null): string[] {
  const room = LORA_RANKS.find((one) => one >= (rank ?? 16)) ?? rank ?? 16;
  return ['--enable-lora', '--lora-modules', `${name}=${directory}`, '--max-lora-rank', String(room)];
}

/** On a CPU fp32, as the embedded engine computes; on an accelerator what the checkpoint was saved in. */
export function vllmDtype(facts: ModelFacts, settings: VllmSettings, isOnCpu: boolean): string {
  if (settings.dtype !== null) return settings.dtype;
  if (facts.quantization !== null) return 'auto';
  if (isOnCpu) return 'float32';
  return ['float32', 'float16', 'bfloat16'].includes(facts.dtype ?? '') ? facts.dtype! : 'auto';
}

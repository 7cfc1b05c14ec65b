/** The engines of this configuration, and how a checkpoint is to be served by one of them. */
import type { Config } from '../config/schema.ts';
import { resolveSecret } from '../config/secrets.ts';
import { EMBEDDED_ABILITIES } from '../embedded/abilities.ts';
import type { StartedEngine } from '../inference/engine.ts';
import { engineCatalogue } from '../inference/engines/index.ts';
import type { EngineSettings } from '../inference/serve-checkpoint.ts';
import { VLLM_DEFAULTS } from '../inference/vllm/vllm-settings.ts';

/** Every engine Libra can start, as configured; without a configuration as by default. */
export function openEngines(config: Config | null = null): readonly StartedEngine[] {
  return engineCatalogue({ embedded: EMBEDDED_ABILITIES, vllm: config === null ? VLLM_DEFAULTS : vllmOf(config) });
}

function vllmOf({ engine, devices }: Config) {
  const { command, python, args, env, dtype, max_length, gpu_memory_utilization } = engine.vllm;
  return {
    ...{ command, python, args, env, dtype },
    maxLength: max_length,
    memoryShare: gpu_memory_utilization,
    devices: (engine.devices ?? devices).map(String),
  };
}

/** @throws LibraError LIBRA_SECRET_MISSING when the server's key is not where the configuration says */
export function engineSettingsOf(
  { engine }: Config,
  env: Readonly<Record<string, string | undefined>>,
): EngineSettings {
  return {
    name: engine.url ?? engine.name,
    ...(engine.api_key === null ? {} : { apiKey: resolveSecret(engine.api_key, 'engine.api_key', env) }),
    ...(engine.threads === null ? {} : { threads: engine.threads }),
    niceness: engine.niceness,
    startTimeout: engine.start_timeout / 1000,
  };
}

/** Engines Libra can start by itself, in the order in which it prefers them. */
import type { EngineAbilities, StartedEngine } from '../engine.ts';
import type { VllmSettings } from '../vllm/vllm-settings.ts';
import { embeddedEngine } from './embedded.ts';
import { vllmEngine } from './vllm.ts';

export interface EngineCatalogue {
  /** What the embedded engine's own program declares. */
  readonly embedded: EngineAbilities;
  readonly vllm: VllmSettings;
}

export function engineCatalogue({ embedded, vllm }: EngineCatalogue): readonly StartedEngine[] {
  return [embeddedEngine(embedded), vllmEngine(vllm)];
}

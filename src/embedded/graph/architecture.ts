/** What an architecture is to the engine: the `model_type` it goes by, and how its config.json is read. */
import type { Decoder } from './decoder.ts';
import type { RawConfig } from './model-config.ts';

export interface Architecture {
  /** As config.json spells it. */
  readonly modelType: string;
  /**
   * @param has whether the checkpoint has a tensor of this name
   * @throws LibraError LIBRA_ARCHITECTURE_UNSUPPORTED for a setting the engine has no part for,
   * LIBRA_CHECKPOINT_INVALID for a field that is missing or of the wrong kind
   */
  readonly read: (config: RawConfig, has: (tensor: string) => boolean) => Decoder;
}

/** What a person may say of vLLM; everything has a default. */
export interface VllmSettings {
  /** The `vllm` program; null looks for it on PATH. */
  readonly command: string | null;
  /** The Python that vLLM is installed in, used instead of `command`. */
  readonly python: string | null;
  /** Further arguments, after those of Libra: the last one wins. */
  readonly args: readonly string[];
  /** Further environment variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Null: fp32 on a CPU, the checkpoint's own on an accelerator. */
  readonly dtype: string | null;
  /** Longest sequence in tokens; null is the model's own. */
  readonly maxLength: number | null;
  /** Share of a device's memory it may take; null is vLLM's own default. */
  readonly memoryShare: number | null;
  /** Accelerators it may use (`cuda:0`); without any it computes on the CPU or not at all. */
  readonly devices: readonly string[];
}

export const VLLM_DEFAULTS: VllmSettings = {
  command: null,
  python: null,
  args: [],
  env: {},
  dtype: null,
  maxLength: null,
  memoryShare: null,
  devices: [],
};

/**
 * Replays a recorded training run as a trainer would write it: each checkpoint file by file in the real write order of
 * Hugging Face's Trainer, in slow pieces, then the oldest checkpoint is removed (save_total_limit).
 */
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../system/clock.ts';

export interface ReplayOptions {
  /** A recorded run: a directory of checkpoint-N directories, and files beside them. */
  readonly source: string;
  readonly target: string;
  /** From the start of one save to the start of the next. */
  readonly intervalMs: number;
  /** How long one save takes; must be below the interval. */
  readonly saveMs: number;
  /** How many checkpoints stay (save_total_limit); null keeps all. */
  readonly keep: number | null;
  readonly clock: Clock;
  readonly onSaved?: (checkpoint: { readonly step: number; readonly path: string }) => void;
}

/** Files in the order `Trainer._save_checkpoint` writes them; trainer_state.json is last. */
const WRITE_ORDER: readonly RegExp[] = [
  /^config\.json$/,
  /^generation_config\.json$/,
  /^adapter_model\./,
  /^adapter_config\.json$/,
  /^(model|pytorch_model).*\.(safetensors|bin)$/,
  /\.index\.json$/,
  /^(tokenizer|special_tokens|added_tokens|vocab|merges|chat_template)/,
  /^training_args\.bin$/,
  /^(optimizer|scheduler|rng_state)/,
  /^trainer_state\.json$/,
];

/** File names in HF Trainer's write order; unknown files go before trainer_state.json. */
export function inWriteOrder(names: readonly string[]): string[] {
  const rank = (name: string) => {
    const found = WRITE_ORDER.findIndex((pattern) => pattern.test(name));
    return found === -1 ? WRITE_ORDER.length - 1.5 : found;
  };
  return [...names].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

/** Steps of the checkpoints recorded in a run, ascending. */
export async function recordedSteps(source: string): Promise<number[]> {
  const names = await readdir(source);
  return names
    .map((name) => /^checkpoint-(\d+)$/.exec(name)?.[1])
    .filter((step) => step !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

/** Writes the whole recorded run into `target`; resolves when the last checkpoint stands there. */
export async function replayRun(options: ReplayOptions): Promise<void> {
  const steps = await recordedSteps(options.source);
  await mkdir(options.target, { recursive: true });
  for (const [index, step] of steps.entries()) {
    const startedAt = options.clock.monotonic();
    const path = join(options.target, `checkpoint-${step}`);
    await writeSlowly(join(options.source, `checkpoint-${step}`), path, options);
    options.onSaved?.({ step, path });
    if (options.keep !== null) await rotate(steps.slice(0, index + 1), options.keep, options.target);
    if (index < steps.length - 1) {
      await options.clock.sleep(Math.max(0, options.intervalMs - (options.clock.monotonic() - startedAt)));
    }
  }
}

const PIECES_PER_FILE = 4;

async function writeSlowly(source: string, target: string, { saveMs, clock }: ReplayOptions): Promise<void> {
  const names = inWriteOrder(await readdir(source));
  const pause = saveMs / (names.length * PIECES_PER_FILE);
  await mkdir(target, { recursive: true });
  for (const name of names) {
    const bytes = await readFile(join(source, name));
    const file = await open(join(target, name), 'w');
    try {
      const piece = Math.max(1, Math.ceil(bytes.length / PIECES_PER_FILE));
      for (let offset = 0; offset < bytes.length; offset += piece) {
        await file.write(bytes.subarray(offset, offset + piece));
        await clock.sleep(pause);
      }
    } finally {
      await file.close();
    }
  }
}

async function rotate(saved: readonly number[], keep: number, target: string): Promise<void> {
  for (const step of saved.slice(0, -keep)) {
    await rm(join(target, `checkpoint-${step}`), { recursive: true, force: true });
  }
}

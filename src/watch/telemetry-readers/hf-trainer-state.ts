/** Telemetry from trainer_state.json, which holds the whole history of the run up to its checkpoint; NaN is news, not an error. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Telemetry, TelemetryPoint } from '../../domain/telemetry.ts';
import { parseTolerantJson } from '../../system/json.ts';
import { dataMixAt, dataMixOfEntry, parseDataMix } from '../data-mix.ts';
import type { TelemetryReader } from '../telemetry-reader.ts';

export const hfTrainerState: TelemetryReader = {
  id: 'hf-trainer-state',
  async read({ checkpoint, run, step }) {
    const text = await readFile(join(checkpoint, 'trainer_state.json'), 'utf8').catch(() => null);
    if (text === null) return null;
    const beside = await readFile(join(run, 'data_mix.jsonl'), 'utf8').catch(() => '');
    try {
      return telemetryOfTrainerState(parseTolerantJson(text), step, beside);
    } catch {
      return null;
    }
  },
};

/**
 * `state` as parsed; `dataMix` is the text of a data_mix.jsonl beside the checkpoints, used where the log itself has no mix.
 * Evaluation entries carry no training loss and are left out, as is the summary the Trainer logs at the very end.
 */
export function telemetryOfTrainerState(state: unknown, step: number, dataMix = ''): Telemetry | null {
  if (!isRecord(state)) return null;
  const mixes = parseDataMix(dataMix);
  const history = Array.isArray(state.log_history) ? state.log_history : [];
  const points = new Map<number, TelemetryPoint>();
  for (const entry of history) {
    if (!isRecord(entry) || !('loss' in entry || 'learning_rate' in entry || 'grad_norm' in entry)) continue;
    const at = numberOf(entry.step);
    if (at === null || !Number.isFinite(at) || at > step) continue;
    points.set(at, {
      step: at,
      tokens: tokensOf(entry),
      loss: numberOf(entry.loss),
      learningRate: numberOf(entry.learning_rate),
      gradNorm: numberOf(entry.grad_norm),
      dataMix: dataMixOfEntry(entry) ?? dataMixAt(mixes, at),
    });
  }
  const maxSteps = numberOf(state.max_steps);
  return {
    step: numberOf(state.global_step) ?? step,
    tokens: tokensOf(state),
    maxSteps: maxSteps !== null && maxSteps > 0 ? maxSteps : null,
    points: [...points.values()].sort((a, b) => a.step - b.step),
  };
}

/** The Trainer writes 0 when it does not count tokens: that is "unknown", not "none". */
function tokensOf(record: Readonly<Record<string, unknown>>): number | null {
  const tokens = numberOf(record.num_input_tokens_seen);
  return tokens !== null && tokens > 0 ? tokens : null;
}

/** Numbers of any kind; some integrations write NaN and infinities as strings. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return null;
  const special = /^([+-]?)(nan|inf(?:inity)?)$/i.exec(value.trim());
  if (special) return special[2]?.toLowerCase() === 'nan' ? Number.NaN : special[1] === '-' ? -Infinity : Infinity;
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

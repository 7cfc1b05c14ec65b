/** Reading config.json: one place for "this field, this kind, or this default", with errors that name the field. */
import { LibraError } from '../../domain/errors.ts';

/** What to do with a checkpoint the embedded engine cannot run. */
export const OTHER_ENGINES =
  'Serve this checkpoint with vLLM, SGLang or another OpenAI-compatible server and pass --engine http://host:port.';

export type RawConfig = Readonly<Record<string, unknown>>;

/** @throws LibraError LIBRA_CHECKPOINT_INVALID when the field is missing (and has no default) or not a positive whole number */
export function sizeOf(config: RawConfig, field: string, otherwise?: number): number {
  const value = config[field] ?? otherwise;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
  throw wrong(field, value);
}

/** @throws LibraError LIBRA_CHECKPOINT_INVALID when the field is not a finite number */
export function numberOf(config: RawConfig, field: string, otherwise?: number): number {
  const value = config[field] ?? otherwise;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw wrong(field, value);
}

/** A number, or null when the field is missing or null. */
export function optionalNumberOf(config: RawConfig, field: string): number | null {
  return config[field] == null ? null : numberOf(config, field);
}

export function flagOf(config: RawConfig, field: string, otherwise: boolean): boolean {
  const value = config[field] ?? otherwise;
  if (typeof value === 'boolean') return value;
  throw wrong(field, value);
}

export function recordOf(value: unknown): RawConfig | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawConfig) : null;
}

/** A setting the graph has no part for. */
export function unsupported(what: string): LibraError {
  return new LibraError('LIBRA_ARCHITECTURE_UNSUPPORTED', `the embedded engine has no ${what}`, {
    hint: OTHER_ENGINES,
  });
}

function wrong(field: string, value: unknown): LibraError {
  return new LibraError(
    'LIBRA_CHECKPOINT_INVALID',
    `config.json has ${field} = ${JSON.stringify(value) ?? 'nothing'}`,
    {
      hint: 'Save the checkpoint again with the config.json of its model.',
    },
  );
}

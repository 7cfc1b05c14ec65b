/**
 * Every error Libra raises on purpose: a stable code, one sentence of what happened, one of what to do.
 * Codes are grouped by who must act; a code is never reused for another meaning.
 */

/** Who must act on an error: the user's configuration, the machine, the training side, the engine, or we ourselves. */
export type ErrorFamily = 'config' | 'environment' | 'checkpoint' | 'engine' | 'internal';

/** Each code once, with the family that decides its exit code and HTTP status. */
export const ERROR_CODES = {
  LIBRA_USAGE: 'config',
  LIBRA_CONFIG_INVALID: 'config',
  LIBRA_SECRET_MISSING: 'config',
  LIBRA_TASK_INVALID: 'config',
  LIBRA_TASK_UNKNOWN: 'config',
  LIBRA_TASK_NOT_RUNNABLE: 'config',
  LIBRA_DIRECTORY_MISSING: 'config',
  LIBRA_RUN_UNKNOWN: 'config',
  LIBRA_NOT_FOUND: 'config',
  LIBRA_REQUEST_INVALID: 'config',
  LIBRA_TOKEN_MISSING: 'config',
  LIBRA_TOKEN_REFUSED: 'config',
  LIBRA_HOST_REFUSED: 'config',
  LIBRA_ALERT_CLOSED: 'config',
  LIBRA_DATASET_INVALID: 'config',
  LIBRA_DATASET_MISSING: 'environment',
  LIBRA_BASE_MODEL_MISSING: 'environment',
  LIBRA_DATA_NOT_WRITABLE: 'environment',
  LIBRA_DATA_IN_USE: 'environment',
  LIBRA_DATA_ON_NETWORK: 'environment',
  LIBRA_DATABASE_NEWER: 'environment',
  LIBRA_DATABASE_BROKEN: 'environment',
  LIBRA_DISK_FULL: 'environment',
  LIBRA_PORT_IN_USE: 'environment',
  LIBRA_NOT_READY: 'environment',
  LIBRA_MEMORY_SHORT: 'environment',
  LIBRA_SANDBOX_MISSING: 'environment',
  LIBRA_CHECKPOINT_INVALID: 'checkpoint',
  LIBRA_CHECKPOINT_VANISHED: 'checkpoint',
  LIBRA_PIN_FAILED: 'checkpoint',
  LIBRA_ARCHITECTURE_UNSUPPORTED: 'engine',
  LIBRA_ENGINE_NOT_READY: 'engine',
  LIBRA_ENGINE_FAILED: 'engine',
  LIBRA_ENGINE_WRONG_MODEL: 'engine',
  LIBRA_ENGINE_NO_LOGPROBS: 'engine',
  LIBRA_ENGINE_NON_FINITE: 'engine',
  LIBRA_EVALUATION_FAILED: 'engine',
  LIBRA_NOTIFIER_FAILED: 'environment',
  LIBRA_DEMO_FAILED: 'internal',
  LIBRA_INTERNAL: 'internal',
} as const satisfies Record<string, ErrorFamily>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error a person will read: `message` says what happened, `hint` says what to do. */
export class LibraError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: { readonly hint: string; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LibraError';
    this.code = code;
    this.hint = options.hint;
  }

  get family(): ErrorFamily {
    return ERROR_CODES[this.code];
  }
}

/** Exit code of the command line: 2 for wrong usage or configuration, 1 for anything else. */
export function exitCodeOf(error: unknown): 1 | 2 {
  return error instanceof LibraError && error.family === 'config' ? 2 : 1;
}

/** What happened, in one line, whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

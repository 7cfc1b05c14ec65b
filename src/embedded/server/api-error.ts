/** Errors as OpenAI's API shapes them: `{error: {message, type, param, code}}` with the right status. */
import { LibraError, messageOf } from '../../domain/errors.ts';

export interface ApiErrorOptions {
  /** The field of the request that is wrong. */
  readonly param?: string | null;
  /** Sent with the reply, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
}

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, options: ApiErrorOptions = {}) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.param = options.param ?? null;
    this.headers = options.headers ?? {};
  }
}

/** What is wrong with the request, in words. @param param the field that is wrong; null when it is no single one */
export function badRequest(message: string, param: string | null, code = 'invalid_value'): ApiError {
  return new ApiError(400, code, message, { param });
}

/** More is asked for than the server takes on: the same request may be answered in a moment. */
export function overloaded(message: string): ApiError {
  return new ApiError(503, 'server_overloaded', message, { headers: { 'retry-after': '1' } });
}

export interface ErrorReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: {
    readonly error: { message: string; type: string; param: string | null; code: string };
  };
}

export function errorReply(error: unknown): ErrorReply {
  if (error instanceof ApiError) return reply(error.status, error.code, error.message, error);
  if (error instanceof LibraError) return reply(500, error.code, `${error.message}. ${error.hint}`);
  return reply(500, 'internal_error', messageOf(error));
}

function reply(status: number, code: string, message: string, { param, headers }: ApiErrorOptions = {}): ErrorReply {
  const type = status >= 500 ? 'server_error' : status === 401 ? 'authentication_error' : 'invalid_request_error';
  return { status, headers: headers ?? {}, body: { error: { message, type, param: param ?? null, code } } };
}

/** Errors as OpenAI's API shapes them: `{error: {message, type, param, code}}` with the right status. */
import { LibraError, messageOf } from '../../domain/errors.ts';

export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

/** What is wrong with the request, in words. */
export function badRequest(message: string, code = 'invalid_value'): ApiError {
  return new ApiError(400, code, message);
}

export interface ErrorReply {
  readonly status: number;
  readonly body: { readonly error: { message: string; type: string; param: null; code: string } };
}

export function errorReply(error: unknown): ErrorReply {
  if (error instanceof ApiError) return reply(error.status, error.code, error.message);
  // The pure parts say with a RangeError that a value is out of the model's bounds.
  if (error instanceof RangeError) return reply(400, 'context_length_exceeded', error.message);
  if (error instanceof LibraError) return reply(500, error.code, `${error.message}. ${error.hint}`);
  return reply(500, 'internal_error', messageOf(error));
}

function reply(status: number, code: string, message: string): ErrorReply {
  const type = status >= 500 ? 'server_error' : status === 401 ? 'authentication_error' : 'invalid_request_error';
  return { status, body: { error: { message, type, param: null, code } } };
}

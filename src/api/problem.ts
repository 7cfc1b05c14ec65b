/** Errors over HTTP: every failure is problem+json (RFC 9457) with what happened, what to do and a stable code. */
import type { z } from 'zod';
import { type ErrorCode, type ErrorFamily, LibraError } from '../domain/errors.ts';
import { redact } from '../system/log.ts';
import type { ProblemReply } from './contract.ts';

export const PROBLEM_TYPE = 'application/problem+json';

const STATUS_OF_FAMILY: Readonly<Record<ErrorFamily, number>> = {
  config: 400,
  environment: 503,
  checkpoint: 409,
  engine: 502,
  internal: 500,
};

const STATUS_OF_CODE: Readonly<Partial<Record<ErrorCode, number>>> = {
  LIBRA_TOKEN_MISSING: 401,
  LIBRA_TOKEN_REFUSED: 403,
  LIBRA_RUN_UNKNOWN: 404,
  LIBRA_TASK_UNKNOWN: 404,
  LIBRA_NOT_FOUND: 404,
  LIBRA_ALERT_CLOSED: 409,
  LIBRA_HOST_REFUSED: 421,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Token needed',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Too slow',
  409: 'Conflict',
  413: 'Too large',
  415: 'Unsupported media type',
  421: 'Misdirected request',
  500: 'Internal error',
  502: 'Engine failed',
  503: 'Not available',
};

export function statusOf(error: LibraError): number {
  return STATUS_OF_CODE[error.code] ?? STATUS_OF_FAMILY[error.family];
}

/** Any error as the reply to send. What Libra does not know is not told to the client: it stands in the log. */
export function toProblem(error: unknown): ProblemReply {
  if (error instanceof RequestError) return { ...describe(error, 400), errors: error.errors };
  if (error instanceof LibraError) return describe(error, statusOf(error));
  const status = clientStatus(error);
  if (status !== null) {
    const message = error instanceof Error ? error.message : 'The request could not be read.';
    return describe(
      new LibraError('LIBRA_REQUEST_INVALID', message, { hint: 'See /api/docs for what is expected.' }),
      status,
    );
  }
  return describe(
    new LibraError('LIBRA_INTERNAL', 'Something went wrong inside Libra.', {
      hint: "The daemon's log has the details; please report them.",
    }),
    500,
  );
}

/** A request that does not fit its schema. */
export class RequestError extends LibraError {
  readonly errors: { at: string; message: string }[];

  constructor(where: string, issues: readonly z.core.$ZodIssue[]) {
    const errors = issues.map((issue) => ({ at: [where, ...issue.path].join('.'), message: issue.message }));
    const first = errors[0];
    super('LIBRA_REQUEST_INVALID', first ? `${first.at}: ${first.message}` : `The ${where} is not as expected.`, {
      hint: 'See /api/docs for what is expected.',
    });
    this.errors = errors;
  }
}

function describe(error: LibraError, status: number): ProblemReply {
  return {
    type: `urn:libra:error:${error.code}`,
    title: TITLES[status] ?? 'Error',
    status,
    detail: redact(error.message),
    hint: redact(error.hint),
    code: error.code,
  };
}

/** 4xx of the HTTP layer itself (body too large, not JSON, ...); null for anything else. */
function clientStatus(error: unknown): number | null {
  const status = error !== null && typeof error === 'object' && 'statusCode' in error ? Number(error.statusCode) : 0;
  return status >= 400 && status < 500 ? status : null;
}

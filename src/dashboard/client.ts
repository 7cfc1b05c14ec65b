/** Asks the API. A refusal comes back as the API's own sentence of what happened and what to do. */
import type { ProblemReply } from '../api/contract.ts';
import { token } from './settings.ts';

export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string;

  constructor(status: number, code: string, detail: string, hint: string) {
    super(detail);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

export function authorization(): Record<string, string> {
  const known = token.get();
  return known === null ? {} : { authorization: `Bearer ${known}` };
}

/** @throws ApiProblem */
export function get<Reply>(path: string, signal?: AbortSignal): Promise<Reply> {
  return ask<Reply>(path, { headers: authorization(), ...(signal && { signal }) });
}

/** @throws ApiProblem */
export function post<Reply>(path: string, body: object): Promise<Reply> {
  const headers = { ...authorization(), 'content-type': 'application/json' };
  return ask<Reply>(path, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function ask<Reply>(path: string, init: RequestInit): Promise<Reply> {
  const reply = await fetch(path, init).catch((error: unknown) => {
    if (init.signal?.aborted) throw error;
    throw new ApiProblem(0, 'LIBRA_UNREACHABLE', '', '');
  });
  if (reply.ok) return (await reply.json()) as Reply;
  const problem = (await reply.json().catch(() => null)) as ProblemReply | null;
  throw new ApiProblem(reply.status, problem?.code ?? '', problem?.detail ?? reply.statusText, problem?.hint ?? '');
}

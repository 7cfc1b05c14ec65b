/** A route: what it takes, what it gives and who may ask, in one value; the server and the OpenAPI document are made from it. */
import type { z } from 'zod';
import type { Caller, Scope } from './access.ts';

export interface Asked<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly caller: Caller | null;
}

interface Shape<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  /** As in OpenAPI: `/api/v1/runs/{run}`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /** Null: anybody, without a token, under any Host (health probes). */
  readonly scope: Scope | null;
  readonly params: P;
  readonly query: Q;
  readonly body?: B;
  readonly reply: R;
  readonly status?: number;
  /** Of the reply; JSON by default. */
  readonly media?: string;
  readonly answer: (asked: Asked<z.output<P>, z.output<Q>, z.output<B>>) => z.input<R>;
}

/** A route whose types are known only to itself. */
export type Route = Shape<z.ZodType, z.ZodType, z.ZodType, z.ZodType>;

/** Checks a route's answer against its own schemas, then forgets the types. */
export function defineRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  shape: Shape<P, Q, B, R>,
): Route {
  return shape as unknown as Route;
}

export const JSON_MEDIA = 'application/json';

/** Path as fastify writes it: `/api/v1/runs/:run`. */
export function routerPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

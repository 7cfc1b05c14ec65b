/** What a route is: a path, and a function from the body to a reply. */
import type { Engine } from '../engine.ts';
import type { Body } from './fields.ts';
import type { Workload } from './workload.ts';

/** How this server presents its model. */
export interface Served {
  readonly engine: Engine;
  /** The engine's work, shared fairly between requests. */
  readonly work: Workload;
  /** The one model id clients may ask for. */
  readonly name: string;
  /** The checkpoint's content fingerprint, told in /v1/models; null when the starter gave none. */
  readonly fingerprint: string | null;
  /** Epoch seconds. */
  readonly startedAt: number;
}

export interface RouteCall {
  readonly served: Served;
  /** {} for GET. */
  readonly body: Body;
  /** What stands behind the path of a route that ends in `/`, decoded; '' for others. */
  readonly rest: string;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

/** A JSON value, or server-sent events as an async iterable of JSON values. */
export type RouteReply = { readonly json: unknown } | { readonly events: AsyncIterable<unknown> };

export interface Route {
  readonly method: 'GET' | 'POST';
  /** One that ends in `/` takes every path that begins with it. */
  readonly path: string;
  readonly answer: (call: RouteCall) => RouteReply | Promise<RouteReply>;
}

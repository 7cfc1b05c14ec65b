/** Engine: inference software that can serve a checkpoint, either started by us or running already. */
import type { Request } from '../domain/request.ts';
import type { ModelFacts } from './model-facts.ts';

/** The checkpoint to serve, as the rest of Libra knows it. */
export interface ServedCheckpoint {
  /** Directory the weights are read from (the pin, not necessarily where the trainer wrote them). */
  readonly path: string;
  readonly fingerprint: string;
  readonly id: string;
  /** Other paths of the same checkpoint (where the trainer wrote it, where a remote machine mounts it). */
  readonly aliases?: readonly string[];
  /** Base model of an adapter, a directory or a repository's name; by default the one the adapter names. */
  readonly baseModel?: string | null;
}

export type Acceptance = { readonly accepts: true } | { readonly accepts: false; readonly reason: string };

export interface StartRequest {
  readonly checkpoint: ServedCheckpoint;
  /** The unique name this server must give its model. */
  readonly servedName: string;
  /** A directory of ours for sockets and generated files; never the training directory. */
  readonly workDirectory: string;
  /** A secret the server must ask for. */
  readonly apiKey: string;
  /** CPU threads; null leaves it to the engine, which knows the model's size. */
  readonly threads: number | null;
}

/** A command that, once running, answers the OpenAI-compatible wire at `base`. */
export interface EngineCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** `unix:/path` or `http://127.0.0.1:port`. */
  readonly base: string;
  /** What was made for this start (socket directories), removed after the stop. */
  readonly leftovers?: readonly string[];
}

interface EngineBase {
  /** As `--engine` and the config name it. */
  readonly name: string;
  /** What it can be asked in principle; the smoke test finds out whether this one really can. */
  readonly answers: readonly Request['type'][];
  accepts(model: ModelFacts): Acceptance;
}

/** An engine that Libra starts for one checkpoint and stops afterwards. */
export interface StartedEngine extends EngineBase {
  readonly kind: 'started';
  /** How to start it; finds free ports and makes socket directories, but starts nothing. */
  command(request: StartRequest): Promise<EngineCommand>;
}

/** A server that somebody else runs: it must show which checkpoint it serves. */
export interface RunningEngine extends EngineBase {
  readonly kind: 'running';
  readonly base: string;
}

export type Engine = StartedEngine | RunningEngine;

/** Engine: inference software that can serve a checkpoint, either started by us or running already. */
import type { Request } from '../domain/request.ts';
import type { ModelFacts, WeightFormat } from './model-facts.ts';

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

/** What an engine can do in principle, declared without looking at any machine. */
export interface EngineAbilities {
  /** What it can be asked; the smoke test finds out whether this one really can. */
  readonly answers: readonly Request['type'][];
  /** `model_type`s of config.json; `any` for an engine that only says so itself when it is started. */
  readonly architectures: readonly string[] | 'any';
  readonly formats: readonly WeightFormat[];
  /** Low-rank adapters over a base model. */
  readonly adapters: boolean;
  readonly quantised: boolean;
}

/** What was found of an engine on this machine. */
export type EngineStanding =
  | {
      readonly isUsable: true;
      /** Null when it could not be told without starting it. */
      readonly version: string | null;
      /** For people: the program, and on what it would compute. */
      readonly where: string;
    }
  | {
      readonly isUsable: false;
      /** `missing` is no fault; `withheld` is there but may not be used like this. */
      readonly because: 'missing' | 'withheld' | 'broken';
      /** A clause: `it is not installed (...)`. */
      readonly reason: string;
      readonly hint: string;
    };

export interface StartRequest {
  readonly checkpoint: ServedCheckpoint;
  readonly facts: ModelFacts;
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
  /** What it computes in and on, as it was told to; null where only the engine knows. */
  readonly dtype?: string;
  readonly device?: string;
  /** What was made for this start (socket directories), removed after the stop. */
  readonly leftovers?: readonly string[];
}

interface EngineBase {
  /** As `--engine` and the config name it. */
  readonly name: string;
  readonly abilities: EngineAbilities;
}

/** An engine that Libra starts for one checkpoint and stops afterwards. */
export interface StartedEngine extends EngineBase {
  readonly kind: 'started';
  /** For people: what it is and where it computes. */
  readonly about: string;
  /** True where it was given devices of its own, which makes it the first choice. */
  readonly hasDevices: boolean;
  /** Why it would rather leave this model to another engine (too large for this machine, say); null when it would not. */
  hesitates(model: ModelFacts): string | null;
  /** Looks for it on this machine without starting it. @throws LibraError when its settings make no sense */
  look(): Promise<EngineStanding>;
  /** How to start it; finds free ports and makes socket directories, but starts nothing. */
  command(request: StartRequest): Promise<EngineCommand>;
}

/** A server that somebody else runs: it must show which checkpoint it serves. */
export interface RunningEngine extends EngineBase {
  readonly kind: 'running';
  readonly base: string;
}

export type Engine = StartedEngine | RunningEngine;

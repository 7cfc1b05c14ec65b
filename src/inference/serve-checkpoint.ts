/** A checkpoint in, a LanguageModel out: choose the engine, start it, wait until it is ready, prove it, hand it out, stop it. */
import { randomBytes } from 'node:crypto';
import type { Figure } from '../domain/engine-figures.ts';
import { LibraError } from '../domain/errors.ts';
import type { LanguageModel } from '../domain/language-model.ts';
import type { Request } from '../domain/request.ts';
import type { Clock } from '../system/clock.ts';
import { type Log, redactFromLogs } from '../system/log.ts';
import { chooseEngines, type EngineChoice } from './choose-engine.ts';
import type { EngineCommand, ServedCheckpoint, StartedEngine } from './engine.ts';
import { connectEngine, type EngineConnection } from './engine-connection.ts';
import { explainFailure } from './engine-failure.ts';
import { type EngineMeter, openEngineMeter } from './engine-meter.ts';
import type { EngineRegistry } from './engine-registry.ts';
import type { Launcher } from './launcher.ts';
import { createLocalLauncher } from './launchers/local.ts';
import { type ModelFacts, readModelFacts } from './model-facts.ts';
import { openModel } from './open-model.ts';
import { smokeTest } from './smoke-test.ts';

export interface EngineSettings {
  /** `auto`, an engine's name, or the address of a server that runs already. */
  readonly name: string;
  /** The model's id on a server that runs already; by default whichever it serves. */
  readonly model?: string;
  /** Key of a server that runs already. */
  readonly apiKey?: string;
  /** CPU threads; by default the engine chooses by the size of the model. */
  readonly threads?: number;
  /** 10 by default, about a tenth of a core that training keeps busy; 19 takes next to nothing and may take for ever. */
  readonly niceness?: number;
  /** Seconds from start to ready; 600 by default. */
  readonly startTimeout?: number;
  /** Seconds without an answer after which the engine's health is asked; 20 by default. */
  readonly stallAfter?: number;
}

export interface ServeOptions {
  readonly checkpoint: ServedCheckpoint;
  readonly engine: EngineSettings;
  /** A directory of ours for this engine alone; never the training directory. */
  readonly workDirectory: string;
  readonly log: Log;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** What the evaluation will ask; all three by default. Without log-likelihoods an engine that only generates will do. */
  readonly needs?: readonly Request['type'][];
  /** Remembers started processes over a kill -9. */
  readonly registry?: EngineRegistry;
  readonly launcher?: Launcher;
  /** Those that can be started, in the order in which they are preferred. */
  readonly engines: readonly StartedEngine[];
  readonly onProgress?: (progress: ServeProgress) => void;
}

export interface ServeProgress {
  readonly phase: 'starting' | 'loading' | 'checking' | 'ready';
  /** One sentence; while loading, the newest line of the engine's log. */
  readonly message: string;
}

export interface ServedModel {
  readonly model: LanguageModel;
  /** What it takes of the machine. */
  readonly meter?: EngineMeter;
  /** Why this engine. */
  readonly reason: string;
  /** Ends the engine with its whole process tree (a server that ran before is left alone). Harmless when called again. */
  stop(): Promise<void>;
  /** Resolves when the engine is lost: crashed, killed or hung. Requests under way are rejected with the same error. */
  readonly onFailure: Promise<LibraError>;
}

const EVERYTHING: readonly Request['type'][] = ['loglikelihood', 'loglikelihood_rolling', 'generate_until'];

/** Starts whose port somebody else had taken before the engine did. */
const PORT_ATTEMPTS = 3;

/**
 * With `auto`, an engine that turns the checkpoint down when it is started makes way for the next one that may serve it.
 * @throws LibraError whose code names the cause; whatever had been started is stopped by then
 */
export async function serveCheckpoint(options: ServeOptions): Promise<ServedModel> {
  const { checkpoint, engine: settings, log } = options;
  const facts = await readModelFacts(checkpoint.path, checkpoint.baseModel ?? null);
  const refused: LibraError[] = [];
  for await (const choice of chooseEngines(settings.name, facts, options.engines)) {
    const [before] = refused;
    const reason = before === undefined ? choice.reason : `${choice.reason} (${before.message})`;
    try {
      return await serveWith({ ...choice, reason }, facts, options);
    } catch (error) {
      if (settings.name !== 'auto' || !isTurnedDown(error)) throw error;
      log.warn(`${choice.engine.name} turned ${checkpoint.id} down: ${error.message}`);
      refused.push(error);
    }
  }
  throw refused[0]!;
}

/** What another engine may well be able to do. */
function isTurnedDown(error: unknown): error is LibraError {
  return error instanceof LibraError && ['LIBRA_ARCHITECTURE_UNSUPPORTED', 'LIBRA_MEMORY_SHORT'].includes(error.code);
}

async function serveWith(choice: EngineChoice, facts: ModelFacts, options: ServeOptions): Promise<ServedModel> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await serveOnce(choice, facts, options);
    } catch (error) {
      const isTaken = error instanceof LibraError && error.code === 'LIBRA_PORT_IN_USE';
      if (!isTaken || attempt >= PORT_ATTEMPTS) throw error;
      options.log.warn(`the port of ${choice.engine.name} was taken meanwhile; another one is tried`);
    }
  }
}

async function serveOnce(
  { engine, reason }: EngineChoice,
  facts: ModelFacts,
  options: ServeOptions,
): Promise<ServedModel> {
  const { checkpoint, engine: settings, log, clock, signal, needs = EVERYTHING } = options;
  const report = options.onProgress ?? (() => {});
  const servedName = `libra-${checkpoint.fingerprint.slice(0, 16) || checkpoint.id}`;
  report({ phase: 'starting', message: `starting ${engine.name}: ${reason}` });
  const line =
    engine.kind === 'running'
      ? await attach(engine.base, options)
      : await start(engine, servedName, facts, options, (message) => report({ phase: 'loading', message }));
  try {
    report({ phase: 'checking', message: 'checking that it serves this checkpoint and gives numbers' });
    const opened = await openModel({
      connection: line.connection,
      checkpoint,
      servedName,
      wantedModel: settings.model ?? null,
      engine: engine.name,
      facts,
      started: line.command,
      needs,
      log,
      signal,
    });
    const model = { ...opened, description: { ...opened.description, reason } };
    await smokeTest(model, needs, log, signal);
    report({ phase: 'ready', message: `${model.description.engine} ${model.description.engineVersion} is ready` });
    log.info(`${checkpoint.id} is served by ${model.description.engine}: ${reason}`);
    const meter = await openEngineMeter(line.memory, clock);
    const stop = async () => {
      meter.close();
      await line.stop();
    };
    void line.connection.failure.then(stop);
    return { model, meter, reason, stop, onFailure: line.connection.failure };
  } catch (error) {
    await line.stop();
    throw isStranger(error, line) ? portTaken(error, line) : error;
  } finally {
    log.debug('engine start took', { ms: Math.round(clock.monotonic() - line.since) });
  }
}

interface Line {
  readonly connection: EngineConnection;
  readonly stop: () => Promise<void>;
  readonly since: number;
  /** Bytes it took at most so far. */
  readonly memory: () => Promise<Figure>;
  /** Null for a server that ran before. */
  readonly command: EngineCommand | null;
}

/** On a port that others can take, an answer that does not know our name comes from somebody else. */
function isStranger(error: unknown, { command }: Line): error is LibraError {
  return (
    command?.base.startsWith('http') === true &&
    error instanceof LibraError &&
    ['LIBRA_ENGINE_WRONG_MODEL', 'LIBRA_ENGINE_NOT_READY'].includes(error.code)
  );
}

function portTaken(cause: LibraError, { command }: Line): LibraError {
  return new LibraError(
    'LIBRA_PORT_IN_USE',
    `somebody else answers at ${command?.base}, where the engine was to listen: ${cause.message}`,
    { hint: 'Find out who listens there; another port is tried by itself first.', cause },
  );
}

/** A server that runs already: only the line to it is ours. */
async function attach(base: string, { checkpoint, engine, clock }: ServeOptions): Promise<Line> {
  const since = clock.monotonic();
  const connection = connectEngine({
    base,
    apiKey: engine.apiKey ?? null,
    clock,
    ...(engine.stallAfter && { stallMs: engine.stallAfter * 1000 }),
    describeHang: (silentMs) =>
      new LibraError('LIBRA_ENGINE_FAILED', `${base} stopped answering (${seconds(silentMs)} s, no health either)`, {
        hint: `Look at the server; the evaluation of ${checkpoint.id} goes on when it answers again.`,
      }),
  });
  const memory = () => toldMemory(connection);
  const line = { connection, since, memory, command: null, stop: async () => connection.close() };
  if (await connection.isHealthy()) return line;
  await line.stop();
  throw new LibraError('LIBRA_ENGINE_NOT_READY', `nothing healthy answers at ${base}`, {
    hint: 'Start the server first and wait until it is ready, or correct the address; --engine embedded needs no server.',
  });
}

/** Starts the engine and waits until it says that it is healthy. */
async function start(
  engine: StartedEngine,
  servedName: string,
  facts: ModelFacts,
  options: ServeOptions,
  onLine: (line: string) => void,
): Promise<Line> {
  const { checkpoint, engine: settings, workDirectory, log, clock, signal } = options;
  const since = clock.monotonic();
  const apiKey = randomBytes(24).toString('hex');
  redactFromLogs(apiKey);
  const command = await engine.command({
    checkpoint,
    facts,
    servedName,
    workDirectory,
    apiKey,
    threads: settings.threads ?? null,
  });
  const launcher = options.launcher ?? createLocalLauncher({ registry: options.registry ?? null, log, clock });
  const launched = await launcher.launch(command, { workDirectory, niceness: settings.niceness ?? 10, onLine });
  log.debug('engine started', { engine: engine.name, where: launched.where, base: command.base });

  let phase: 'starting' | 'answering' = 'starting';
  let isStopping = false;
  const told = { engine: engine.name, checkpoint: checkpoint.id, modelType: facts.modelType };
  const explain = (what?: string) =>
    explainFailure({ ...told, phase, exit: null, lastLines: launched.lastLines(), ...(what && { what }) });
  const connection = connectEngine({
    base: command.base,
    apiKey,
    clock,
    ...(settings.stallAfter && { stallMs: settings.stallAfter * 1000 }),
    describeHang: (silentMs) =>
      explain(`stopped answering in the middle of its work (silent for ${seconds(silentMs)} s)`),
  });
  const stop = async () => {
    isStopping = true;
    await launched.stop();
    connection.close();
  };
  void launched.exited.then((exit) => {
    if (isStopping) return;
    connection.fail(explainFailure({ ...told, phase, exit, lastLines: exit.lastLines }));
  });
  try {
    const limit = settings.startTimeout ?? 600;
    await waitUntilHealthy(connection, clock, limit * 1000, () => explain(`was not ready within ${limit} s`), signal);
  } catch (error) {
    await stop();
    throw error;
  }
  phase = 'answering';
  const memory = async (): Promise<Figure> => {
    const bytes = await launched.peakMemory?.().catch(() => null);
    return bytes == null ? { reason: 'this system does not tell the memory of a process' } : { value: bytes };
  };
  return { connection, stop, since, memory, command };
}

/** Of a server that somebody else runs: what its own Prometheus page says it holds. */
async function toldMemory(connection: EngineConnection): Promise<Figure> {
  const page = await connection.look('/metrics', 5000).catch(() => null);
  const told = /^process_resident_memory_bytes(?:\{[^}]*\})? (\S+)$/m.exec(page?.status === 200 ? page.text : '')?.[1];
  return told === undefined || !Number.isFinite(Number(told))
    ? { reason: 'the server runs by itself and does not tell its memory' }
    : { value: Number(told) };
}

/** Polls `/health`, more slowly the longer it takes, until it is well, lost, late or called off. */
async function waitUntilHealthy(
  connection: EngineConnection,
  clock: Clock,
  limitMs: number,
  describeDelay: () => LibraError,
  signal?: AbortSignal,
): Promise<void> {
  const lost = new AbortController();
  void connection.failure.then((error) => lost.abort(error));
  const either = signal === undefined ? lost.signal : AbortSignal.any([signal, lost.signal]);
  const end = clock.monotonic() + limitMs;
  for (let wait = 20; ; wait = Math.min(500, wait * 1.3)) {
    either.throwIfAborted();
    const reply = await connection.look('/health', 5000).catch(() => null);
    either.throwIfAborted();
    if (reply?.status === 200) return;
    if (clock.monotonic() >= end) throw describeDelay();
    await clock.sleep(wait, either);
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

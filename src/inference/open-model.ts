/** From a line to a server to a LanguageModel: who is it, how does it give log-probabilities, what does it say of itself. */
import { LibraError, messageOf } from '../domain/errors.ts';
import type { LanguageModel } from '../domain/language-model.ts';
import type { Request } from '../domain/request.ts';
import { HttpError } from '../system/http.ts';
import { parseTolerantJson } from '../system/json.ts';
import type { Log } from '../system/log.ts';
import { createCompletionsClient } from './completions-client.ts';
import type { EngineCommand, ServedCheckpoint } from './engine.ts';
import type { EngineConnection } from './engine-connection.ts';
import { identifyModel, ModelList } from './identify-model.ts';
import type { ModelFacts } from './model-facts.ts';
import type { Wire, WireContext } from './wire.ts';
import { WIRES } from './wires/index.ts';

export interface OpenModelOptions {
  readonly connection: EngineConnection;
  readonly checkpoint: ServedCheckpoint;
  readonly servedName: string;
  /** The model's id on the server, if the user named one. */
  readonly wantedModel: string | null;
  readonly engine: string;
  readonly facts: ModelFacts;
  /** How Libra started it; null for a server that ran before. */
  readonly started: EngineCommand | null;
  readonly needs: readonly Request['type'][];
  readonly log: Log;
  readonly signal?: AbortSignal | undefined;
}

/** @throws LibraError LIBRA_ENGINE_WRONG_MODEL, LIBRA_ENGINE_NO_LOGPROBS when they are needed, LIBRA_ENGINE_FAILED */
export async function openModel(options: OpenModelOptions): Promise<LanguageModel> {
  const { connection, checkpoint, facts, log } = options;
  const { data: cards, libra: own } = await readModels(connection);
  const { card, isVerified, reason } = identifyModel(cards, checkpoint, options.servedName, options.wantedModel);
  if (!isVerified && options.started !== null) throw notOurs(connection.base, reason);
  if (!isVerified) log.warn(`scores are marked unverified: ${reason}`, { checkpoint: checkpoint.id });
  const maxLength = card.max_model_len ?? facts.maxPositions;
  const context = { connection, model: card.id, maxLength, prefixTokenId: facts.prefixTokenId, frame: facts.frame };
  const wire = await findWire(context, own?.score ?? null, options.signal);
  if (wire === null && options.needs.some((type) => type !== 'generate_until')) throw noLogprobs(connection.base);
  log.debug('the engine answers', { base: connection.base, model: card.id, wire: wire?.name ?? 'none' });
  return createCompletionsClient({
    connection,
    model: card.id,
    wire,
    description: {
      engine: own ? 'embedded' : card.owned_by ? card.owned_by.toLowerCase() : options.engine,
      engineVersion: own?.version ?? (await readVersion(connection)),
      dtype: own?.dtype ?? options.started?.dtype ?? facts.dtype ?? 'unknown',
      device: own?.device ?? options.started?.device ?? 'unknown',
      maxLength,
      isVerified,
    },
  });
}

async function readModels(connection: EngineConnection): Promise<ModelList> {
  const reply = await connection.look('/v1/models');
  try {
    if (reply.status === 200) return ModelList.parse(parseTolerantJson(reply.text));
  } catch (cause) {
    throw notOpenAi(connection.base, messageOf(cause));
  }
  throw notOpenAi(connection.base, `/v1/models answered ${reply.status}`);
}

async function findWire(context: WireContext, scorePath: string | null, signal?: AbortSignal): Promise<Wire | null> {
  for (const kind of WIRES) {
    const wire = await kind.open(context, { scorePath, signal });
    if (wire !== null) return wire;
  }
  return null;
}

/** vLLM's `GET /version`. */
async function readVersion(connection: EngineConnection): Promise<string> {
  try {
    const parsed = JSON.parse((await connection.look('/version')).text) as { version?: unknown };
    return typeof parsed.version === 'string' ? parsed.version : 'unknown';
  } catch (error) {
    if (error instanceof HttpError || error instanceof SyntaxError || error instanceof TypeError) return 'unknown';
    throw error;
  }
}

/** A server of ours was given a name that nobody else has. */
function notOurs(base: string, why: string): LibraError {
  return new LibraError(
    'LIBRA_ENGINE_WRONG_MODEL',
    `what answers at ${base} is not the engine that was started: ${why}`,
    {
      hint: 'Look whether arguments of your own change its --served-model-name.',
    },
  );
}

function noLogprobs(base: string): LibraError {
  return new LibraError('LIBRA_ENGINE_NO_LOGPROBS', `${base} gives no log-probabilities of a prompt`, {
    hint: 'Use an engine that does (embedded, vLLM, SGLang), or only tasks that generate text.',
  });
}

function notOpenAi(base: string, why: string): LibraError {
  return new LibraError('LIBRA_ENGINE_NOT_READY', `${base} is no OpenAI-compatible server: ${why}`, {
    hint: 'Correct the address; `curl ADDRESS/v1/models` should list a model. A key goes into engine.api_key.',
  });
}

/** Which engine serves this checkpoint, and why: what engines declare, then what is found on this machine. */
import { LibraError } from '../domain/errors.ts';
import type { Engine, EngineAbilities, EngineStanding, StartedEngine } from './engine.ts';
import { openaiCompatible } from './engines/openai-compatible.ts';
import type { ModelFacts } from './model-facts.ts';

export interface EngineChoice {
  readonly engine: Engine;
  /** A clause: `it runs llama on this CPU`. */
  readonly reason: string;
}

/** Why an engine cannot run this model, from what it declares; null when it can. Pure. */
export function whyNot(abilities: EngineAbilities, model: ModelFacts): string | null {
  const { modelType } = model;
  if (modelType === null) return 'config.json names no model_type';
  if (abilities.architectures !== 'any' && !abilities.architectures.includes(modelType)) {
    return `model_type "${modelType}" is none of its architectures (${abilities.architectures.join(', ')})`;
  }
  if (model.adapter !== null && !abilities.adapters) return 'it loads no adapters';
  if (model.quantization !== null && !abilities.quantised) {
    return `the weights are quantised (${model.quantization})`;
  }
  if (model.format !== null && !abilities.formats.includes(model.format)) {
    return `it does not read weights saved as ${model.format}`;
  }
  return null;
}

/**
 * The engines that may serve this model, the best first; the next one is only worth a try when the one before turned the model down.
 * Machines are looked at one engine at a time, so an engine behind a good one costs nothing.
 * `auto` prefers an engine that was given devices, then the order of `engines`, then those that hesitate.
 * @param wanted an engine's name, the address of a running server, or `auto`
 * @throws LibraError LIBRA_CONFIG_INVALID for a name nobody has; when there is none at all, LIBRA_ARCHITECTURE_UNSUPPORTED,
 *   or LIBRA_ENGINE_NOT_READY where the one asked for is not here
 */
export async function* chooseEngines(
  wanted: string,
  model: ModelFacts,
  engines: readonly StartedEngine[],
): AsyncGenerator<EngineChoice> {
  if (/^(https?:|unix:)/.test(wanted)) {
    yield { engine: openaiCompatible(wanted), reason: 'the address given' };
    return;
  }
  const isAuto = wanted === 'auto';
  const candidates = isAuto ? engines : engines.filter((engine) => engine.name === wanted);
  if (candidates.length === 0) throw unknownEngine(wanted, engines);
  const against: string[] = [];
  let chosen = 0;
  for (const { engine, doubt } of inOrder(candidates, model)) {
    const reason = whyNot(engine.abilities, model);
    if (reason !== null) {
      against.push(`${engine.name}: ${reason}`);
      continue;
    }
    const standing = await engine.look();
    if (!standing.isUsable) {
      if (!isAuto) throw notUsable(engine.name, standing);
      against.push(`${engine.name}: ${standing.reason}`);
      continue;
    }
    chosen++;
    yield { engine, reason: isAuto ? describeChoice(engine, model, against, doubt) : 'the one asked for' };
    against.push(`${engine.name}: it turned the checkpoint down`);
  }
  if (chosen === 0) throw noEngine(model, against);
}

interface Candidate {
  readonly engine: StartedEngine;
  readonly doubt: string | null;
}

function inOrder(engines: readonly StartedEngine[], model: ModelFacts): Candidate[] {
  const rank = ({ engine, doubt }: Candidate) => (engine.hasDevices ? 0 : doubt === null ? 1 : 2);
  return engines
    .map((engine) => ({ engine, doubt: engine.hesitates(model) }))
    .toSorted((one, other) => rank(one) - rank(other));
}

function describeChoice(
  engine: StartedEngine,
  model: ModelFacts,
  against: readonly string[],
  doubt: string | null,
): string {
  const own = engine.hasDevices ? 'it was given devices' : `it runs ${model.modelType} here`;
  const others = against.length === 0 ? '' : `; ${against.join('; ')}`;
  return `${own}${doubt === null ? '' : `, although ${doubt}`}${others}`;
}

function unknownEngine(wanted: string, engines: readonly StartedEngine[]): LibraError {
  return new LibraError('LIBRA_CONFIG_INVALID', `there is no engine "${wanted}"`, {
    hint: `Use one of ${['auto', ...engines.map((engine) => engine.name)].join(', ')}, or http://host:port of a running server.`,
  });
}

function notUsable(name: string, { reason, hint }: EngineStanding & { readonly isUsable: false }): LibraError {
  return new LibraError('LIBRA_ENGINE_NOT_READY', `the ${name} engine cannot be used: ${reason}`, { hint });
}

function noEngine(model: ModelFacts, against: readonly string[]): LibraError {
  return new LibraError(
    'LIBRA_ARCHITECTURE_UNSUPPORTED',
    `no engine takes this checkpoint (model_type "${model.modelType ?? 'unknown'}"; ${against.join('; ')})`,
    { hint: 'Install vLLM, or serve it with an engine that can (SGLang, say) and pass --engine http://host:port.' },
  );
}

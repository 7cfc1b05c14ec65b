/** Which engine serves this checkpoint, and why. Pure. */
import { LibraError } from '../domain/errors.ts';
import type { Engine, StartedEngine } from './engine.ts';
import { openaiCompatible } from './engines/index.ts';
import type { ModelFacts } from './model-facts.ts';

export interface EngineChoice {
  readonly engine: Engine;
  readonly reason: string;
}

/**
 * @param wanted an engine's name, the address of a running server, or `auto`
 * @throws LibraError LIBRA_CONFIG_INVALID for a name nobody has, LIBRA_ARCHITECTURE_UNSUPPORTED when no engine takes the model
 */
export function chooseEngine(wanted: string, model: ModelFacts, engines: readonly StartedEngine[]): EngineChoice {
  if (/^(https?:|unix:)/.test(wanted)) return { engine: openaiCompatible(wanted), reason: 'the address given' };
  const candidates = wanted === 'auto' ? engines : engines.filter((engine) => engine.name === wanted);
  if (candidates.length === 0) {
    throw new LibraError('LIBRA_CONFIG_INVALID', `there is no engine "${wanted}"`, {
      hint: `Use one of ${['auto', ...engines.map((engine) => engine.name)].join(', ')}, or http://host:port of a running server.`,
    });
  }
  const reasons: string[] = [];
  for (const engine of candidates) {
    const answer = engine.accepts(model);
    if (answer.accepts) {
      return { engine, reason: wanted === 'auto' ? 'the first that takes this model' : 'the one asked for' };
    }
    reasons.push(`${engine.name}: ${answer.reason}`);
  }
  throw new LibraError(
    'LIBRA_ARCHITECTURE_UNSUPPORTED',
    `no engine takes this checkpoint (model_type "${model.modelType ?? 'unknown'}"; ${reasons.join('; ')})`,
    { hint: 'Serve it with an engine that can (vLLM or SGLang, say) and pass --engine http://host:port.' },
  );
}

/** Checkpoint + tasks + what is known of costs -> the plan of its evaluation. */
import { LibraError } from '../domain/errors.ts';
import type { Plan } from '../domain/plan.ts';
import { STRATEGIES } from './strategies/index.ts';
import type { Strategy, StrategyInput } from './strategy.ts';

/**
 * @throws LibraError LIBRA_CONFIG_INVALID for a strategy that does not exist
 */
export function findStrategy(name: string): Strategy {
  const strategy = STRATEGIES.find((candidate) => candidate.name === name);
  if (strategy) return strategy;
  throw new LibraError('LIBRA_CONFIG_INVALID', `There is no strategy "${name}".`, {
    hint: `Use one of: ${STRATEGIES.map((known) => `${known.name} (${known.description})`).join('; ')}.`,
  });
}

/** The plan's id follows from its checkpoint, so planning twice is planning once. */
export function planEvaluation(checkpoint: string, strategy: Strategy, input: StrategyInput): Plan {
  return { id: `plan-${checkpoint}`, checkpoint, strategy: strategy.name, ...strategy.plan(input) };
}

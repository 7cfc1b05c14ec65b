/** Docs of a task, at most, where more than the first ones are asked; those first ones where nothing more ever is. */
import type { Config } from '../config/schema.ts';
import { findStrategy } from '../strategy/plan-evaluation.ts';

export function mostDocs({ strategy }: Pick<Config, 'strategy'>): number {
  const { name, docs_per_task: base, escalate_to: most } = strategy;
  return findStrategy(name).escalates ? Math.max(base, most) : base;
}

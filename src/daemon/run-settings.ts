/** The entry of `runs:` that speaks of a run: the one that names it, else the nearest directory or pattern it lies in. Pure. */
import type { Config } from '../config/schema.ts';
import { isWanted } from '../watch/match-run.ts';

export type RunSettings = Config['runs'][number];

export function runSettingsOf(config: Pick<Config, 'runs'>, path: string): RunSettings | null {
  const fitting = config.runs.filter((entry) => isWanted(path, [entry.path]));
  const byNearness = fitting.sort((a, b) => depthOf(b.path) - depthOf(a.path));
  return config.runs.find((entry) => entry.path === path) ?? byNearness[0] ?? null;
}

const depthOf = (path: string): number => path.split('/').length;

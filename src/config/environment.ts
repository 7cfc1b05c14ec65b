/** Settings from the environment: `LIBRA_SERVER_PORT=7800` is `server.port: 7800`. */
import { distance } from 'fastest-levenshtein';
import type { ConfigKey } from './key-tree.ts';
import { pathText } from './problems.ts';

/** One value that wins over the file's, and where it comes from (`--port`, `LIBRA_PORT`). */
export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  readonly from: string;
}

/** Short names, as the command line has them. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  LIBRA_PORT: ['server', 'port'],
  LIBRA_HOST: ['server', 'host'],
  LIBRA_TASKS: ['tasks', 'only'],
  LIBRA_INCLUDE_PATH: ['tasks', 'include_path'],
  LIBRA_DATASETS: ['tasks', 'data_path'],
  LIBRA_ENGINE: ['engine'],
  LIBRA_STRATEGY: ['strategy'],
};

/** Not settings: the file itself, and what hooks and tests read. */
const OTHERS = ['LIBRA_CONFIG', 'LIBRA_URL', 'LIBRA_TOKEN', 'LIBRA_GPU'];

/** Variable -> key, for every key that one line of text can hold. */
export function environmentNames(keys: readonly ConfigKey[]): Map<string, readonly string[]> {
  const names = new Map(Object.entries(SHORT));
  const add = (below: readonly ConfigKey[], above: readonly string[]): void => {
    for (const key of below) {
      const path = [...above, key.name];
      if (key.kind === 'object' && key.variants.length === 0 && !key.isNullable) add(key.keys, path);
      else if (isOneLine(key)) names.set(`LIBRA_${path.join('_').toUpperCase()}`, path);
    }
  };
  add(keys, []);
  return names;
}

export interface EnvironmentReading {
  readonly overrides: readonly Override[];
  /** Variables that are nearly a setting's: sentences. */
  readonly slips: readonly string[];
}

/** Variables that are set but empty count as not set. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  keys: readonly ConfigKey[],
): EnvironmentReading {
  const names = environmentNames(keys);
  const overrides: Override[] = [];
  const slips: string[] = [];
  for (const [name, value] of Object.entries(env).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!name.startsWith('LIBRA_') || !value || OTHERS.includes(name)) continue;
    const path = names.get(name);
    if (path) {
      overrides.push({ path, value, from: name });
      continue;
    }
    const near = [...names.keys()].find((candidate) => distance(candidate, name) <= (name.length > 12 ? 2 : 1));
    if (near)
      slips.push(
        `the environment variable ${name} is no setting; did you mean ${near} (${pathText(names.get(near)!)})?`,
      );
  }
  return { overrides, slips };
}

/** Text from the environment or the command line as the key wants it; what does not fit stays text, for the schema to refuse. */
export function fromText(value: unknown, key: ConfigKey | null): unknown {
  if (typeof value !== 'string' || key === null) return value;
  if (value === 'null' && key.isNullable) return null;
  if (key.kind === 'number' && value.trim() !== '' && Number.isFinite(Number(value))) return Number(value);
  if (key.kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  if (key.kind === 'list')
    return value
      .split(',')
      .map((part) => part.trim())
      .filter(Boolean);
  return value;
}

function isOneLine(key: ConfigKey): boolean {
  if (key.kind === 'list') return key.element !== 'object';
  return key.kind !== 'object' && key.kind !== 'map';
}

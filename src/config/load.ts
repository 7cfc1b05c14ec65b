/** The configuration in force: file, then environment, then flags; all that is wrong with them is told at once. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LibraError } from '../domain/errors.ts';
import { crossCheck } from './cross-check.ts';
import { fromText, type Override, readEnvironment } from './environment.ts';
import { type ConfigKey, keyAt, keysOf } from './key-tree.ts';
import { type Problem, problemsOf } from './problems.ts';
import { type Config, configSchema } from './schema.ts';
import { readYamlFile, type YamlFile } from './yaml-file.ts';

export interface ConfigSources {
  /** As given with --config; else $LIBRA_CONFIG, else `libra.yaml` in `cwd` if there is one. */
  readonly file?: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Flags that were given: key (`server.port`), value, and the flag's name. Text is turned into what the key wants. */
  readonly flags?: readonly { readonly key: string; readonly value: unknown; readonly flag: string }[];
  /** Finds what only the reader of the configuration can tell to be wrong, in the configuration as written. */
  readonly alsoCheck?: (raw: unknown) => readonly Problem[];
}

export interface LoadedConfig {
  readonly config: Config;
  /** The file that was read, or null. */
  readonly file: string | null;
}

const KEYS = keysOf(configSchema);

/**
 * @throws LIBRA_CONFIG_INVALID naming file, line, key and the nearest right key of every problem
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const { cwd, env } = sources;
  const file = findFile(sources);
  const yaml = file === null ? null : readYamlFile(file);
  const { overrides: fromEnvironment, slips } = readEnvironment(env, KEYS);
  const fromFlags = (sources.flags ?? []).map(
    ({ key, value, flag }): Override => ({ path: key.split('.'), value, from: flag }),
  );
  const overrides = [...fromEnvironment, ...fromFlags].flatMap(expandOverride).map((override) => {
    const key = keyAt(KEYS, override.path);
    return { ...override, value: absolute(fromText(override.value, key), key, cwd, env) };
  });

  let raw = expandShorthands(yaml?.raw ?? {});
  if (file !== null) raw = resolvePaths(raw, KEYS, dirname(file), env);
  for (const { path, value } of overrides) raw = withValue(raw, path, value);

  const parsed = configSchema.safeParse(raw);
  const problems = [
    ...(parsed.success ? [] : problemsOf(parsed.error.issues, raw, KEYS)),
    ...crossCheck(raw),
    ...(sources.alsoCheck?.(raw) ?? []),
  ];
  if (parsed.success && problems.length === 0 && slips.length === 0) return { config: parsed.data, file };
  throw describeProblems(problems, slips, yaml, overrides);
}

function findFile({ file, cwd, env }: ConfigSources): string | null {
  const named = file ?? env.LIBRA_CONFIG;
  if (named) return resolve(cwd, named);
  const usual = join(cwd, 'libra.yaml');
  return existsSync(usual) ? usual : null;
}

function describeProblems(
  problems: readonly Problem[],
  slips: readonly string[],
  yaml: YamlFile | null,
  overrides: readonly Override[],
): LibraError {
  const lines = problems.map((problem) => {
    const override = overrides.findLast(({ path }) => path.every((part, at) => part === problem.path[at]));
    const place = override?.from ?? (yaml ? `${yaml.file}:${yaml.lineOf(problem.path)}` : 'configuration');
    const meant = problem.suggestion === null ? '' : `; did you mean ${problem.suggestion}?`;
    return `${place}: ${problem.sentence}${meant}`;
  });
  const all = [...new Set([...lines, ...slips])];
  const first = problems.find((problem) => problem.suggestion !== null)?.suggestion;
  const message =
    all.length === 1
      ? `The configuration is not valid: ${all[0]}`
      : `The configuration has ${all.length} problems.\n${all.join('\n')}`;
  const hint =
    all.length === 1 && first != null
      ? `Write ${first} instead.`
      : 'Correct what is named here; fixtures/config/everything.yaml shows every key with its default.';
  return new LibraError('LIBRA_CONFIG_INVALID', message.endsWith('?') ? message : `${message}.`, { hint });
}

type Raw = Readonly<Record<string, unknown>>;

const isRaw = (value: unknown): value is Raw => value !== null && typeof value === 'object' && !Array.isArray(value);

/** `engine: embedded` -> `engine: {name: embedded}`. */
function expandShorthands(raw: unknown): unknown {
  if (!isRaw(raw)) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      const shorthand = keyAt(KEYS, [name])?.note.shorthand;
      return [name, shorthand && typeof value === 'string' ? shorthand(value) : value];
    }),
  );
}

/** A flag that names a section (`--engine URL`) sets the key that its shorthand means and leaves the others of the section. */
function expandOverride(override: Override): Override[] {
  const { path, value } = override;
  const shorthand = keyAt(KEYS, path)?.note.shorthand;
  if (!shorthand || typeof value !== 'string') return [override];
  const written = shorthand(value);
  // A name given on the command line means that engine, not the server which the file names.
  const cleared = path[0] === 'engine' && !('url' in written) ? { ...written, url: null } : written;
  return Object.entries(cleared).map(([name, inner]) => ({ ...override, path: [...path, name], value: inner }));
}

function withValue(raw: unknown, [first, ...rest]: readonly string[], value: unknown): unknown {
  if (first === undefined) return value;
  if (raw !== undefined && raw !== null && !isRaw(raw)) return raw;
  return { ...raw, [first]: withValue(raw?.[first], rest, value) };
}

function resolvePaths(raw: unknown, keys: readonly ConfigKey[], base: string, env: ConfigSources['env']): unknown {
  if (!isRaw(raw)) return raw;
  return Object.fromEntries(
    Object.entries(raw).map(([name, value]) => {
      const key = keys.find((candidate) => candidate.name === name) ?? null;
      if (key?.kind === 'object') return [name, resolvePaths(value, key.keys, base, env)];
      if (key?.kind === 'list' && key.keys.length > 0 && Array.isArray(value)) {
        return [name, value.map((element) => resolvePaths(element, key.keys, base, env))];
      }
      if (key?.kind === 'map' && isRaw(value)) {
        const below = key.variants.length > 0 ? key.variants.flat() : key.keys;
        const resolved = Object.entries(value).map(([own, element]) => [own, resolvePaths(element, below, base, env)]);
        return [name, Object.fromEntries(resolved)];
      }
      return [name, absolute(value, key, base, env)];
    }),
  );
}

function absolute(value: unknown, key: ConfigKey | null, base: string, env: ConfigSources['env']): unknown {
  if (!key?.note.isPath) return value;
  if (Array.isArray(value)) return value.map((element) => absolute(element, key, base, env));
  if (typeof value !== 'string' || value === '') return value;
  return resolve(base, value.replace(/^~(?=\/|$)/, env.HOME ?? '~'));
}

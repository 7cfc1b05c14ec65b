/** What an edit of the configuration changes, key by key, and which of it can be had without a restart. Pure. */
import { type ConfigKey, keyAt, keysOf } from './key-tree.ts';
import { type Config, configSchema } from './schema.ts';

export interface ConfigChange {
  /** `alerts.thresholds.single`. */
  readonly key: string;
  /** As people read them; what may hold a secret is not shown. */
  readonly before: string;
  readonly after: string;
  /** False when it counts only after a restart. */
  readonly isLive: boolean;
}

/** Sections that are looked at whenever they are needed; all else is opened, loaded or listened on once at start. */
const LIVE = [
  'runs',
  'tokens_per_step',
  'strategy',
  'backlog',
  'budget',
  'alerts',
  'notifiers',
  'retention',
  'schedule',
] as const satisfies readonly (keyof Config)[];

const KEYS = keysOf(configSchema);
const SECRET = '(not shown)';

export function diffConfig(before: Config, after: Config): ConfigChange[] {
  const names = Object.keys(after) as (keyof Config)[];
  const changes = names.flatMap((name) => {
    const isLive = (LIVE as readonly string[]).includes(name);
    return changesAt([name], before[name], after[name]).map((change) => ({ ...change, isLive }));
  });
  return [...changes, ...watchedElsewhere(before, after)];
}

/** What is set for a run counts at once; which directories are watched is settled at start. */
function watchedElsewhere(before: Config, after: Config): ConfigChange[] {
  const [old, wanted] = [before, after].map(({ runs }) => [...new Set(runs.map(({ path }) => path))].sort());
  return changesAt(['runs', 'path'], old, wanted).map((change) => ({ ...change, isLive: false }));
}

/** The configuration as it is with what an edit changes at once. */
export function withLiveChanges(before: Config, after: Config): Config {
  return { ...before, ...Object.fromEntries(LIVE.map((name) => [name, after[name]])) };
}

function changesAt(path: readonly string[], before: unknown, after: unknown): Omit<ConfigChange, 'isLive'>[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (isSection(before) && isSection(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => changesAt([...path, name], before[name], after[name]));
  }
  const say = (value: unknown) => (holdsSecret(path, value) ? SECRET : sayValue(value));
  return [{ key: path.join('.'), before: say(before), after: say(after) }];
}

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

function sayValue(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** A key that may be a secret, or something with such a key in it. */
function holdsSecret(path: readonly string[], value: unknown): boolean {
  const [first, ...rest] = path;
  const key = keyAt(KEYS, path) ?? null;
  if (key?.note.isSecret) return true;
  const section = KEYS.find(({ name }) => name === first);
  const secret = section ? secretNames(section) : new Set<string>();
  if (rest.some((name) => secret.has(name))) return true;
  return [...secret].some((name) => JSON.stringify(value ?? null).includes(`"${name}":`));
}

function secretNames(key: ConfigKey): Set<string> {
  const below = [...key.keys, ...key.variants.flat()];
  const own = below.filter(({ note }) => note.isSecret).map(({ name }) => name);
  return new Set([...own, ...below.flatMap((each) => [...secretNames(each)])]);
}

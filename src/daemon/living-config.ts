/**
 * The configuration while the daemon runs: its file is looked at again and again, a right edit counts at once, a wrong one changes nothing.
 * What was opened at start (server, data, tasks, engines) stays as it was until a restart, and that is said.
 */
import { readFileSync } from 'node:fs';
import { type ConfigChange, diffConfig, withLiveChanges } from '../config/diff-config.ts';
import type { Config } from '../config/schema.ts';
import { messageOf } from '../domain/errors.ts';
import type { Log } from '../system/log.ts';
import type { EventBus } from './event-bus.ts';

/** Where the configuration came from. */
export interface ConfigSource {
  readonly file: string;
  /** The file with environment and flags over it. @throws LIBRA_CONFIG_INVALID */
  readonly load: () => Config;
}

export interface LivingConfig {
  readonly current: Config;
  /** Looks at the file; an edit counts once two looks in a row found it the same. @returns true when what counts has changed */
  reread(): boolean;
}

export interface LivingSurroundings {
  readonly bus: Pick<EventBus, 'emit'>;
  readonly log: Log;
  /** Opens what hangs on the configuration; when it throws, the old one stays. */
  readonly apply: (config: Config) => void;
}

export function openLivingConfig(
  initial: Config,
  source: ConfigSource | null,
  { bus, log, apply }: LivingSurroundings,
): LivingConfig {
  let current = initial;
  let seen = source === null ? null : contentOf(source.file);
  let lastLook = seen;
  return {
    get current() {
      return current;
    },
    reread() {
      if (source === null) return false;
      const content = contentOf(source.file);
      // Gone for a moment while an editor replaces it, or for good: what it said still counts.
      // Emptied by an editor that is about to write it, it would mean every default.
      const isSettled = content === lastLook;
      lastLook = content;
      if (content === null || content === seen || !isSettled) return false;
      seen = content;
      try {
        const loaded = source.load();
        const changes = diffConfig(current, loaded);
        if (changes.length === 0) return false;
        const next = withLiveChanges(current, loaded);
        apply(next);
        current = next;
        for (const change of changes) log.info(lineOf(source.file, change));
        bus.emit('config.changed', {
          file: source.file,
          changed: changes.filter(({ isLive }) => isLive).map(({ key }) => key),
          needs_restart: changes.filter(({ isLive }) => !isLive).map(({ key }) => key),
        });
        return changes.some(({ isLive }) => isLive);
      } catch (error) {
        log.warn(`${source.file} was changed and is not used, the configuration stays as it was: ${messageOf(error)}`);
        bus.emit('config.rejected', { file: source.file, reason: messageOf(error) });
        return false;
      }
    },
  };
}

function lineOf(file: string, { key, before, after, isLive }: ConfigChange): string {
  return `${file}: ${key}: ${before} -> ${after}${isLive ? '' : ' (needs a restart)'}`;
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

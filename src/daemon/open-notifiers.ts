/** The channels of the configuration, ready to send; secrets are read here and nowhere else. */
import { isAbsolute, relative, resolve } from 'node:path';
import type { Notifier } from '../alert/notifier.ts';
import { NOTIFIERS } from '../alert/notifiers/index.ts';
import { wantsColour } from '../alert/notifiers/terminal.ts';
import { keepPace, type PaceBook } from '../alert/pace.ts';
import type { Config, NotifierConfig } from '../config/schema.ts';
import { resolveSecret } from '../config/secrets.ts';
import { LibraError } from '../domain/errors.ts';
import type { Clock } from '../system/clock.ts';

export interface NotifierSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Directories that are watched: nothing is written there. */
  readonly roots: readonly string[];
  /** Where the terminal notifier prints, and whether a person sees it there. */
  readonly terminal: { readonly write: (text: string) => void; readonly isTTY: boolean };
}

/**
 * @param paces kept by whoever opens notifiers again
 * @throws LIBRA_SECRET_MISSING, LIBRA_CONFIG_INVALID
 */
export function openNotifiers(
  config: Config,
  surroundings: NotifierSurroundings,
  paces: PaceBook = new Map(),
): Notifier[] {
  return Object.entries(config.notifiers).map(([name, settings]) =>
    keepPace(openNotifier(name, settings, surroundings), paces, surroundings.clock),
  );
}

function openNotifier(
  name: string,
  settings: NotifierConfig,
  { env, clock, roots, terminal }: NotifierSurroundings,
): Notifier {
  const secretOf = (key: string, reference: string | null) =>
    reference === null ? null : resolveSecret(reference, `notifiers.${name}.${key}`, env);
  switch (settings.type) {
    case 'terminal':
      return NOTIFIERS.terminal({ name, write: terminal.write, hasColour: wantsColour(terminal.isTTY, env) });
    case 'webhook':
    case 'feishu':
    case 'dingtalk': {
      const url = secretOf('url', settings.url) ?? '';
      return NOTIFIERS[settings.type]({ name, url, secret: secretOf('secret', settings.secret), clock });
    }
    case 'wecom':
    case 'slack':
    case 'discord':
    case 'teams':
      return NOTIFIERS[settings.type]({ name, url: secretOf('url', settings.url) ?? '', clock });
    case 'telegram':
      return NOTIFIERS.telegram({ ...settings, name, token: secretOf('token', settings.token) ?? '', clock });
    case 'command':
      return NOTIFIERS.command({ name, command: settings.command, timeoutMs: settings.timeout, clock, env });
    case 'file':
      refuseWatched(name, settings.path, roots);
      return NOTIFIERS.file({ name, path: settings.path });
    case 'email':
      return NOTIFIERS.email({ ...settings, name, password: secretOf('password', settings.password), clock });
  }
}

/** @throws LIBRA_CONFIG_INVALID: Libra is a guest of the training */
function refuseWatched(name: string, path: string, roots: readonly string[]): void {
  const root = roots.find((each) => isWithin(path, resolve(each)));
  if (root === undefined) return;
  throw new LibraError('LIBRA_CONFIG_INVALID', `The file of notifier "${name}" lies in ${root}, which is watched.`, {
    hint: `Libra writes nothing there: put notifiers.${name}.path elsewhere.`,
  });
}

function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way === '' || (!way.startsWith('..') && !isAbsolute(way));
}

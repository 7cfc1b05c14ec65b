/** Runs the daemon until it is told to stop, or until nothing is left to do. */
import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { resolveDataDirectory } from '../../config/data-directory.ts';
import { type LoadedConfig, loadConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';
import { scheduleProblems } from '../../daemon/schedule.ts';
import { LibraError } from '../../domain/errors.ts';
import { systemClock } from '../../system/clock.ts';
import { createLog } from '../../system/log.ts';
import { VERSION } from '../../system/version.ts';
import { isWanted, rootOf } from '../../watch/match-run.ts';
import { runLibra } from '../run-libra.ts';
import { untilSignal } from '../until-signal.ts';
import { openWatchScreen } from './watch-screen.ts';

export interface WatchFlags {
  readonly config?: string | undefined;
  readonly data?: string | undefined;
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly engine?: string | undefined;
  readonly strategy?: string | undefined;
  readonly tasks?: readonly string[] | undefined;
  readonly includePath?: readonly string[] | undefined;
  readonly dataPath?: readonly string[] | undefined;
  /** Seconds of quiet after which to exit. */
  readonly untilIdle?: number | undefined;
  /** Directories that do not exist yet are waited for. */
  readonly wait: boolean;
  readonly log: 'plain' | 'json';
  readonly json: boolean;
}

/** @throws LibraError */
export async function watch(directories: readonly string[], flags: WatchFlags): Promise<void> {
  const { config, file } = readConfig(flags);
  const { roots, accepts } = await placesOf(directories, config, flags);
  const screen = openWatchScreen(flags.json);
  const log = createLog({ format: flags.log, level: 'info', write: (line) => process.stderr.write(`${line}\n`) });
  const libra = await runLibra({
    config,
    configSource: file === null ? undefined : { file, load: () => readConfig({ ...flags, config: file }).config },
    roots,
    accepts,
    dataDirectory: resolveDataDirectory(config.data, process.env),
    env: process.env,
    clock: systemClock,
    log,
    version: VERSION,
    terminal: { write: screen.print, isTTY: process.stdout.isTTY === true && !flags.json },
    onEvent: screen.onEvent,
  });
  const asked = untilSignal();
  try {
    log.info(`watching ${roots.join(', ')}; the page is at ${libra.url}`);
    if (flags.untilIdle === undefined) await asked.signalled;
    else await libra.daemon.idle(flags.untilIdle * 1000, asked.signal);
  } finally {
    asked.forget();
    screen.stop();
    await libra.stop();
  }
}

function readConfig(flags: WatchFlags): LoadedConfig {
  const given = [
    { key: 'data', value: flags.data, flag: '--data' },
    { key: 'server.port', value: flags.port, flag: '--port' },
    { key: 'server.host', value: flags.host, flag: '--host' },
    { key: 'engine', value: flags.engine, flag: '--engine' },
    { key: 'strategy', value: flags.strategy, flag: '--strategy' },
    { key: 'tasks.only', value: flags.tasks, flag: '--tasks' },
    { key: 'tasks.include_path', value: flags.includePath, flag: '--include-path' },
    { key: 'tasks.data_path', value: flags.dataPath, flag: '--data-path' },
  ].filter(({ value }) => value !== undefined);
  return loadConfig({
    cwd: process.cwd(),
    env: process.env,
    flags: given,
    alsoCheck: scheduleProblems,
    ...(flags.config === undefined ? {} : { file: flags.config }),
  });
}

/** A slip of the pen must not wait for ever; who starts the daemon before the training says so. */
async function placesOf(directories: readonly string[], config: Config, { wait }: WatchFlags): Promise<WatchedPlaces> {
  const named = directories.map((directory) => resolve(directory));
  const patterns = [...named, ...config.runs.map((run) => run.path)];
  const roots = outermost(patterns.map(rootOf));
  if (roots.length === 0) {
    throw new LibraError('LIBRA_USAGE', 'There is no directory to watch.', {
      hint: 'Name one, as in `libra watch output/my-run`, or list it under `runs:` in libra.yaml.',
    });
  }
  for (const root of roots) {
    const found = await stat(root).catch(() => null);
    if (found?.isDirectory() || (found === null && (wait || !named.includes(root)))) continue;
    throw new LibraError(
      'LIBRA_DIRECTORY_MISSING',
      found === null ? `There is no directory ${root}.` : `${root} is not a directory.`,
      { hint: 'Name the directory that the trainer writes into; with --wait Libra waits for it to appear.' },
    );
  }
  // Runs are found by their real paths; the part with wildcards stays as it was written.
  const real = await Promise.all(
    patterns.map(async (pattern) => {
      const root = rootOf(pattern);
      return (await realpath(root).catch(() => root)) + pattern.slice(root.length);
    }),
  );
  return { roots, accepts: (path) => isWanted(path, real) || isWanted(path, patterns) };
}

/** A directory below another watched one is seen from there; watched twice, its checkpoints would be found twice. */
export function outermost(directories: readonly string[]): string[] {
  const all = [...new Set(directories)];
  return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other === '/' ? '/' : `${other}/`)));
}

interface WatchedPlaces {
  readonly roots: readonly string[];
  readonly accepts: (path: string) => boolean;
}

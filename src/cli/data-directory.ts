/** Which data directory a command means: --data, else what the daemon started here would use. */
import { resolve } from 'node:path';
import { resolveDataDirectory } from '../config/data-directory.ts';
import { loadConfig } from '../config/load.ts';

/** @throws LIBRA_CONFIG_INVALID when a configuration is there and wrong */
export function dataDirectoryOf(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd = process.cwd(),
): string {
  if (option !== undefined) return resolve(cwd, option);
  return resolveDataDirectory(loadConfig({ cwd, env }).config.data, env);
}

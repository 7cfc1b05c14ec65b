/** Where a command looks for data sets: the configuration, with --data-path and --download over it. */
import { resolveDataDirectory } from '../config/data-directory.ts';
import { loadConfig } from '../config/load.ts';
import { openDataSources } from '../daemon/open-data-sources.ts';
import type { DataSources } from '../evaluation/data/sources/data-sources.ts';

export interface DataSourceFlags {
  readonly config?: string;
  readonly dataPath?: readonly string[];
  readonly download?: true;
}

/** @throws LIBRA_CONFIG_INVALID when a configuration is there and wrong */
export function dataSourcesOf(
  { config: file, dataPath, download }: DataSourceFlags,
  env: Readonly<Record<string, string | undefined>> = process.env,
  cwd = process.cwd(),
): DataSources {
  const flags = [
    { key: 'tasks.data_path', value: dataPath, flag: '--data-path' },
    { key: 'tasks.download', value: download, flag: '--download' },
  ].filter(({ value }) => value !== undefined);
  const { config } = loadConfig({ cwd, env, flags, ...(file === undefined ? {} : { file }) });
  return openDataSources({ tasks: config.tasks, env, dataDirectory: resolveDataDirectory(config.data, env) });
}

/** Where a command looks for data sets: the directories of --data-path. */
import { type DataSources, NO_SOURCES } from '../evaluation/sources/data-sources.ts';

export function dataSourcesOf({ dataPath }: { readonly dataPath?: readonly string[] }): DataSources {
  return { ...NO_SOURCES, directories: dataPath ?? [] };
}

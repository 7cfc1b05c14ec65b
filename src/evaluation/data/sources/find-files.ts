/** Where the files of a task's split are: named ones, a folder of the data set, a hub's cache, or the hub itself. */
import { isAbsolute, join } from 'node:path';
import { messageOf } from '../../../domain/errors.ts';
import type { TaskSettings } from '../../tasks/task-settings.ts';
import { DATASET_READERS } from '../datasets/index.ts';
import { chooseFiles, type FileChoice } from './choose-files.ts';
import type { DataSources } from './data-sources.ts';
import { matchPaths } from './glob.ts';
import { listingOf, PARQUET_REVISION, preparedCopyOf, snapshotsOf } from './hub-cache.ts';
import { isFile, listFilesBelow, readIfThere } from './list-files.ts';
import { foldersOf } from './local-folder.ts';
import { missingData } from './missing-data.ts';
import { findNamedFiles } from './named-files.ts';
import { readmeConfigs } from './readme-configs.ts';

export interface FoundFiles {
  /** Absolute, in their order. */
  readonly files: readonly string[];
  /** How they are read, as the data set itself says it. */
  readonly options: Readonly<Record<string, unknown>>;
}

export interface SplitQuestion {
  readonly settings: TaskSettings;
  readonly split: string;
  /** A file that names no split may stand for the evaluated one. */
  readonly isEvaluated: boolean;
  /** Where relative paths of the task file begin, nearest first. */
  readonly directories: readonly string[];
}

/** @throws LibraError LIBRA_DATASET_MISSING saying why and how to get it */
export async function findFiles(question: SplitQuestion, sources: DataSources): Promise<FoundFiles> {
  const { settings } = question;
  const { datasetPath, datasetKwargs } = settings;
  const bases = [...question.directories, ...sources.directories, process.cwd()];
  const isFormat = DATASET_READERS.some(({ names }) => names.includes(datasetPath ?? ''));
  const dataDir = datasetKwargs.data_dir == null ? null : String(datasetKwargs.data_dir);
  if (datasetKwargs.data_files != null && (isFormat || datasetPath === null)) {
    return { files: await findNamedFiles(question, bases, dataDir), options: {} };
  }
  const id = isFormat ? dataDir : datasetPath;
  if (id === null) throw missingData(settings, 'it names no data set', sources);
  const reasons: string[] = [];
  const within = isFormat ? null : dataDir;
  for (const folder of foldersOf(id, bases)) {
    const found = await filesIn(folder, within, question, id, reasons);
    if (found !== null) return found;
  }
  if (isFormat || isAbsolute(id)) throw missingData(settings, reasonOf(reasons, question, id), sources);
  const revision = datasetKwargs.revision == null ? null : String(datasetKwargs.revision);
  for (const snapshot of await snapshotsOf(id, revision, sources.hubCaches)) {
    const found = await filesIn(snapshot, within, question, id, reasons);
    if (found !== null) return found;
  }
  if (sources.hub !== null && isHubName(id)) return fetchFiles(question, id, revision, within, sources);
  const prepared = await preparedCopyOf(id, sources.preparedCaches);
  if (prepared !== null) {
    reasons.push(`${prepared} holds it only as prepared by the Python package \`datasets\`, which Libra does not read`);
  }
  throw missingData(settings, reasonOf(reasons, question, id), sources);
}

/** A folder of tasks often has the name of the data set they use. */
const TASK_FILE = /\.(?:ya?ml|md|py)$/;

async function filesIn(
  folder: string,
  within: string | null,
  question: SplitQuestion,
  id: string,
  reasons: string[],
): Promise<FoundFiles | null> {
  const paths = (await listingOf(folder)) ?? (await listFilesBelow(folder));
  const choice = choose(paths, await readIfThere(join(folder, 'README.md')), within, question, id);
  if (choice instanceof Error) reasons.push(`${folder}: ${choice.message}`);
  else if (choice !== null) {
    const files = choice.paths.map((path) => join(folder, path));
    for (const file of files) if (!isFile(file)) return null;
    return { files, options: choice.options };
  } else if (paths.some((path) => !TASK_FILE.test(path))) reasons.push(`${folder} holds ${nothingOf(question)}`);
  return null;
}

async function fetchFiles(
  question: SplitQuestion,
  id: string,
  revision: string | null,
  within: string | null,
  sources: DataSources,
): Promise<FoundFiles> {
  const hub = sources.hub!;
  let why = '';
  for (const name of revision === null ? ['main', PARQUET_REVISION] : [revision, PARQUET_REVISION]) {
    let listing: Awaited<ReturnType<typeof hub.list>>;
    try {
      listing = await hub.list(id, name);
    } catch (error) {
      // Not every data set has a conversion; that the first has no such files is what a person can act on.
      if (why === '') throw error;
      break;
    }
    const readme = listing.paths.includes('README.md') ? await hub.bring(id, listing, ['README.md']) : null;
    const text = readme === null ? '' : await readIfThere(join(readme, 'README.md'));
    const choice = choose(listing.paths, text, within, question, id);
    if (choice instanceof Error) why ||= choice.message;
    else if (choice !== null) {
      const folder = await hub.bring(id, listing, choice.paths);
      return { files: choice.paths.map((path) => join(folder, path)), options: choice.options };
    } else why ||= `${hub.endpoint}/datasets/${id} holds ${nothingOf(question)}`;
  }
  throw missingData(question.settings, why, sources);
}

function choose(
  paths: readonly string[],
  readme: string,
  within: string | null,
  { settings, split, isEvaluated }: SplitQuestion,
  id: string,
): FileChoice | Error | null {
  const { data_files: dataFiles } = settings.datasetKwargs;
  try {
    if (dataFiles != null) {
      const listed =
        typeof dataFiles === 'object' && !Array.isArray(dataFiles)
          ? (dataFiles as Readonly<Record<string, unknown>>)[split]
          : dataFiles;
      const patterns = [listed ?? []].flat().map((pattern) => (within === null ? '' : `${within}/`) + String(pattern));
      const found = patterns.flatMap((pattern) => matchPaths(pattern, paths));
      return found.length > 0 ? { paths: found, options: {} } : null;
    }
    const root = within === null ? '' : `${within.replace(/^\.\/|\/+$/g, '')}/`;
    return chooseFiles({
      paths: paths.filter((path) => path.startsWith(root)),
      configs: readmeConfigs(readme),
      config: settings.datasetName,
      split,
      name: id.split(/[/\\]/).at(-1)!,
      isEvaluated,
    });
  } catch (error) {
    return new Error(messageOf(error));
  }
}

function nothingOf({ split, settings: { datasetName } }: SplitQuestion): string {
  const part = datasetName === null ? '' : ` of the configuration '${datasetName}'`;
  return `no files of the split '${split}'${part} that Libra reads`;
}

function reasonOf(reasons: readonly string[], { settings }: SplitQuestion, id: string): string {
  if (reasons.length > 0) return reasons.slice(0, 3).join('; ');
  const name = settings.datasetName === null ? id : `${id} (${settings.datasetName})`;
  return `its data set ${name} is not on this machine`;
}

function isHubName(id: string): boolean {
  return /^[\w.-]+(?:\/[\w.-]+)?$/.test(id) && !id.includes('..') && !id.startsWith('.');
}

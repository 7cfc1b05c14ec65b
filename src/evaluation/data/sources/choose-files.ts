/** Which files of a data set's folder or repository make a split of it. Pure: it takes paths, wherever they lie. */
import { DATASET_READERS } from '../datasets/index.ts';
import { matchPaths } from './glob.ts';
import type { DatasetConfig } from './readme-configs.ts';

export interface FileQuestion {
  /** All files, relative to the data set's root, with `/`. */
  readonly paths: readonly string[];
  readonly configs: readonly DatasetConfig[];
  /** `dataset_name` of the task. */
  readonly config: string | null;
  readonly split: string;
  /** Names the data set goes by: a config called like it means no part of it. */
  readonly name: string;
  /** A file that names no split may stand for the evaluated one, never for the examples too. */
  readonly isEvaluated: boolean;
}

export interface FileChoice {
  readonly paths: readonly string[];
  /** How they are read, where the data set says it. */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Other words file names use for a split. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  validation: ['valid', 'val', 'dev'],
  valid: ['validation', 'val', 'dev'],
  val: ['validation', 'valid', 'dev'],
  dev: ['validation', 'valid', 'val'],
  test: ['eval', 'testing'],
  train: ['training'],
};
const SPLIT_WORDS = [...new Set(Object.entries(SYNONYMS).flatMap(([word, others]) => [word, ...others]))];

/** Names that mean the whole of a data set. */
const WHOLE = ['main', 'default', 'plain_text', 'all'];

/** Null when none of the files is the split's. */
export function chooseFiles(question: FileQuestion): FileChoice | null {
  const said = bySaidConfig(question);
  if (said !== null) return said;
  const readable = question.paths.filter(isReadable);
  const within = ofConfig(readable, question);
  const paths = bySplitName(within, question) ?? (question.isEvaluated ? unnamed(within, question) : null);
  return paths === null ? null : { paths: whole(oneFormat(paths)), options: {} };
}

function bySaidConfig({ configs, config, split, paths }: FileQuestion): FileChoice | null {
  const said =
    config === null
      ? (configs.find(({ isDefault }) => isDefault) ?? (configs.length === 1 ? configs[0] : undefined))
      : configs.find(({ name }) => name === config);
  if (said === undefined) return null;
  const words = [split, ...(SYNONYMS[split] ?? [])];
  const named = words.flatMap((word) => said.files.find((entry) => entry.split === word) ?? [])[0];
  if (named !== undefined) {
    const found = named.patterns.flatMap((pattern) => matchPaths(pattern, paths));
    // Another split by a like name must not stand in for it.
    if (found.length === 0) throw new IncompleteSplit(`${named.patterns.join(', ')} of its README.md is not there`);
    return { paths: whole(found), options: said.options };
  }
  const free = said.files.filter((entry) => entry.split === null).flatMap(({ patterns }) => patterns);
  const candidates = free.flatMap((pattern) => matchPaths(pattern, paths)).filter(isReadable);
  const bySplit = candidates.length === 0 ? null : bySplitName(candidates, { split });
  if (bySplit !== null) return { paths: whole(bySplit), options: said.options };
  // As the hub has it: files that name no split are for training.
  const isOnlyTrain =
    split === 'train' && candidates.every((path) => !SPLIT_WORDS.some((word) => rank(path, word) < 9));
  return isOnlyTrain && candidates.length > 0 ? { paths: whole(candidates), options: said.options } : null;
}

/** The files that belong to the config; all when it means no part. */
function ofConfig(paths: readonly string[], { config, name }: FileQuestion): readonly string[] {
  if (config === null) return paths;
  const wanted = config.toLowerCase();
  const own = paths.filter((path) => {
    const segments = path.toLowerCase().split('/');
    return segments.slice(0, -1).includes(wanted) || plainStem(path) === wanted;
  });
  if (own.length > 0) return own;
  const [asked, known] = [wanted, name.toLowerCase()];
  return WHOLE.includes(asked) || known.includes(asked) || asked.includes(known) ? paths : [];
}

/** `test`, `test-00000-of-00002`, `<folder>/test/0000`, `x_test`: the plainest kind that there is, nearest to the root. */
function bySplitName(paths: readonly string[], { split }: Pick<FileQuestion, 'split'>): string[] | null {
  for (const word of [split, ...(SYNONYMS[split] ?? [])]) {
    const ranked = paths.map((path) => ({ path, rank: rank(path, word.toLowerCase()) }));
    const best = Math.min(...ranked.map((one) => one.rank));
    if (best >= 9) continue;
    const found = ranked.filter((one) => one.rank === best).map(({ path }) => path);
    return nearest(found);
  }
  return null;
}

/** 0 is the split's very name; 9 is none. */
function rank(path: string, word: string): number {
  const segments = path.toLowerCase().split('/');
  const stem = stemOf(segments.at(-1)!);
  if (stem === word || new RegExp(`^${escaped(word)}-\\d+-of-\\d+$`).test(stem)) return 0;
  if (segments.slice(0, -1).includes(word)) return 1;
  return new RegExp(`(?:^|[-_. ])${escaped(word)}(?:[-_. ]|\\d*$)`).test(stem) ? 2 : 9;
}

function nearest(paths: readonly string[]): string[] {
  const depth = (path: string) => path.split('/').length;
  const least = Math.min(...paths.map(depth));
  return paths.filter((path) => depth(path) === least).sort();
}

function unnamed(paths: readonly string[], { config }: FileQuestion): string[] | null {
  const without = paths.filter((path) => !SPLIT_WORDS.some((word) => rank(path, word) < 9));
  if (without.length !== paths.length || without.length === 0) return null;
  const found = nearest(without);
  return config !== null || found.length === 1 ? found : null;
}

/** The same rows may lie there in several formats. */
function oneFormat(paths: readonly string[]): string[] {
  const kinds = paths.map((path) => DATASET_READERS.findIndex((reader) => readerTakes(reader.extensions, path)));
  const first = Math.min(...kinds);
  const same = paths.filter((_, i) => kinds[i] === first);
  const plain = new Set(same.filter((path) => !COMPRESSED.test(path)));
  return same.filter((path) => !COMPRESSED.test(path) || !plain.has(path.replace(COMPRESSED, '')));
}

/** @throws Error when a numbered part is not there: half a split would pass for all of it */
function whole(paths: readonly string[]): readonly string[] {
  for (const path of paths) {
    const [, stem, of] = /^(.*-)\d{5}-of-(\d{5})/.exec(path) ?? [];
    if (of === undefined) continue;
    const there = new Set(paths.filter((other) => other.startsWith(stem!) && other.includes(`-of-${of}`))).size;
    if (there < Number(of)) throw new IncompleteSplit(`${there} of the ${Number(of)} parts of ${path} are there`);
  }
  return paths;
}

export class IncompleteSplit extends Error {
  override readonly name = 'IncompleteSplit';
}

export const COMPRESSED = /\.(?:gz|zst)$/i;

export function isReadable(path: string): boolean {
  const hidden = path.split('/').some((segment) => segment.startsWith('.') || segment === '__pycache__');
  return !hidden && DATASET_READERS.some((reader) => readerTakes(reader.extensions, path)) && !NOT_DATA.test(path);
}

/** Files of a repository that say something about the data. */
const NOT_DATA = /(?:^|\/)(?:dataset_infos?|dataset_dict|state|package|licen[cs]e|requirements)(?:\.[a-z]+)$/i;

export function readerTakes(extensions: readonly string[], path: string): boolean {
  const name = path.toLowerCase().replace(COMPRESSED, '');
  return extensions.some((extension) => name.endsWith(extension));
}

function stemOf(file: string): string {
  return file
    .toLowerCase()
    .replace(COMPRESSED, '')
    .replace(/\.[a-z]+$/, '');
}

/** Its name without the split before or behind it. */
function plainStem(path: string): string {
  const stem = stemOf(path.split('/').at(-1)!).replace(/-\d{5}-of-\d{5}$/, '');
  for (const word of SPLIT_WORDS) {
    const [before, behind] = [new RegExp(`^${word}[-_.]`), new RegExp(`[-_.]${word}$`)];
    if (before.test(stem)) return stem.replace(before, '');
    if (behind.test(stem)) return stem.replace(behind, '');
  }
  return stem;
}

function escaped(word: string): string {
  return word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

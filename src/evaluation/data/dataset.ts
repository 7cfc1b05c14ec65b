/** A data file's reader: which names it takes, and its rows. */
import type { YamlFields } from '../tasks/read-yaml.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface DataFile {
  readonly path: string;
  /** The file's text, decompressed and decoded, in pieces of any size; it may be read again. */
  readonly text: () => AsyncIterable<string>;
}

export interface DatasetReader {
  readonly id: string;
  /** File name endings, those of compression apart. */
  readonly extensions: readonly string[];
  /** What `dataset_path` calls it. */
  readonly names: readonly string[];
  /**
   * The rows in the order of the file, some at a time, so that a huge file is never held as a whole.
   * @param options `dataset_kwargs` of the task
   * @throws Error saying what is wrong and in which line
   */
  readonly read: (file: DataFile, options: YamlFields) => AsyncIterable<readonly Row[]>;
}

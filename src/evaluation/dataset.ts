/** A data file's reader: which names it takes, and its rows. */
import type { YamlFields } from './read-yaml.ts';

export type Row = Readonly<Record<string, unknown>>;

export interface DatasetReader {
  readonly id: string;
  /** File name endings, `.gz` apart. */
  readonly extensions: readonly string[];
  /** What `dataset_path` calls it. */
  readonly names: readonly string[];
  /**
   * @param chunks the file's text, decompressed and decoded, in pieces of any size
   * @param options `dataset_kwargs` of the task
   * @throws Error saying what is wrong and in which line
   */
  readonly read: (chunks: AsyncIterable<string>, options: YamlFields) => Promise<Row[]>;
}

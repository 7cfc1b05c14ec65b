/** Where data sets are looked for beside the task files themselves. */

export interface DataSources {
  /** Directories in which data sets lie by their names; of the task files and of the user. */
  readonly directories: readonly string[];
  /** Caches in the layout of the Hugging Face hub (`datasets--org--name/snapshots/...`), Libra's own among them. */
  readonly hubCaches: readonly string[];
  /** Cache of the Python package `datasets`, which holds prepared tables Libra does not read. */
  readonly preparedCaches: readonly string[];
  /** What fetches a data set; null when that is not allowed. */
  readonly hub: DatasetHub | null;
}

/** A hub that has data sets by name. */
export interface DatasetHub {
  /** Its address, for people. */
  readonly endpoint: string;
  /**
   * The files of a revision.
   * @throws LibraError LIBRA_DATASET_MISSING when it is unknown, gated or out of reach
   */
  list(id: string, revision: string): Promise<HubListing>;
  /**
   * Brings files into Libra's cache, all or none, and returns the directory they are below.
   * @throws LibraError as `list`
   */
  bring(id: string, listing: HubListing, paths: readonly string[]): Promise<string>;
}

export interface HubListing {
  /** What was asked for: `main`, `refs/convert/parquet`, ... */
  readonly revision: string;
  readonly commit: string;
  readonly paths: readonly string[];
}

export const NO_SOURCES: DataSources = { directories: [], hubCaches: [], preparedCaches: [], hub: null };

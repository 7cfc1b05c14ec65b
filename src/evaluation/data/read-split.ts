/** The files of a split -> its docs in their fixed order, and rows by their place. */

import type { YamlFields } from '../tasks/read-yaml.ts';
import type { DataFile, DatasetReader, Row } from './dataset.ts';
import { createDocKeeper, KEEP_LIMITS, type KeepLimits, type KeptDocs } from './keep-docs.ts';
import { ownStrings } from './own-strings.ts';
import type { ShapeRow } from './shape-rows.ts';
import { createTableShape, type TableShape } from './unify-rows.ts';

/** One file of the split and what reads it. */
export interface SplitFile {
  readonly file: DataFile;
  readonly reader: DatasetReader;
}

export interface Split extends KeptDocs {
  readonly columns: readonly string[];
  /** Equal for splits whose equal rows are shown equally (a column of floats shows 1 as 1.0). */
  readonly signature: string;
  /** Rows by their place; those of a split too large to be kept are read from its files again. */
  readonly rowsAt: (places: ReadonlySet<number>) => Promise<ReadonlyMap<number, Row>>;
}

/**
 * @param shapeRow gives a row the task's columns, or null when it is none of its docs
 * @throws what the readers throw, with the file's path before it
 */
export async function readSplit(
  files: readonly SplitFile[],
  options: YamlFields,
  limits: KeepLimits = KEEP_LIMITS,
  shapeRow: ShapeRow | null = null,
): Promise<Split> {
  const rowsThrough = () => rowsOf(files, options, shapeRow);
  const read = async (hasOwnIds: boolean) => {
    const keeper = createDocKeeper(limits, hasOwnIds);
    const shape = createTableShape();
    for await (const rows of rowsThrough()) {
      for (const row of rows) {
        shape.look(row);
        keeper.add(row);
      }
    }
    const kept = keeper.finish();
    return kept === null ? null : splitFrom(kept, shape, rowsThrough);
  };
  return (await read(true)) ?? (await read(false))!;
}

function splitFrom(kept: KeptDocs, shape: TableShape, rowsThrough: () => AsyncIterable<readonly Row[]>): Split {
  const docs = kept.docs.map((doc) => {
    const fields = shape.unify(doc.fields);
    return fields === doc.fields ? doc : { ...doc, fields };
  });
  const byPlace = new Map(docs.map(({ position, fields }) => [position, fields]));
  return {
    ...kept,
    docs,
    first: kept.first === null ? null : shape.unify(kept.first),
    columns: shape.columns(),
    signature: shape.signature(),
    rowsAt: async (places) => {
      if (docs.length === kept.rows) return byPlace;
      const found = new Map<number, Row>();
      for (const place of places) {
        const row = byPlace.get(place);
        if (row !== undefined) found.set(place, row);
      }
      if (found.size === places.size) return found;
      let at = 0;
      for await (const rows of rowsThrough()) {
        for (const row of rows) {
          if (places.has(at) && !found.has(at)) found.set(at, shape.unify(ownStrings(row)));
          at++;
        }
      }
      return found;
    },
  };
}

/** Why one file of a split could not be read. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
  readonly path: string;
  constructor(path: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.path = path;
  }
}

async function* rowsOf(
  files: readonly SplitFile[],
  options: YamlFields,
  shapeRow: ShapeRow | null,
): AsyncGenerator<readonly Row[], void> {
  for (const { file, reader } of files) {
    try {
      if (shapeRow === null) yield* reader.read(file, options);
      else for await (const rows of reader.read(file, options)) yield shaped(rows, shapeRow);
    } catch (error) {
      throw new UnreadableFile(file.path, error);
    }
  }
}

function shaped(rows: readonly Row[], shapeRow: ShapeRow): Row[] {
  const kept: Row[] = [];
  for (const row of rows) {
    const one = shapeRow(row);
    if (one !== null) kept.push(one);
  }
  return kept;
}

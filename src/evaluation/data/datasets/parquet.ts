/** Apache Parquet, as the Hugging Face hub keeps its data sets: one row group after the other. */
import type { AsyncBuffer, Compressors, SchemaTree } from 'hyparquet';
import { asFloat } from '../../python/python-value.ts';
import type { DatasetReader, Row } from '../dataset.ts';

/** Bytes a row group may claim; a group is read as a whole. */
const LARGEST_GROUP = 1 << 30;

export const parquet: DatasetReader = {
  id: 'parquet',
  extensions: ['.parquet'],
  names: ['parquet'],
  async *read({ path }) {
    const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema } = await import('hyparquet');
    const compressors = withEmptyPages((await import('hyparquet-compressors')).compressors);
    const file: AsyncBuffer = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const schema = parquetSchema(metadata);
    let start = 0;
    for (const [number, group] of metadata.row_groups.entries()) {
      const size = Number(group.total_byte_size);
      if (size > LARGEST_GROUP) {
        throw new Error(
          `row group ${number + 1} is ${size} bytes large; write it in groups of at most ${LARGEST_GROUP}`,
        );
      }
      const end = start + Number(group.num_rows);
      const rows = await parquetReadObjects({
        file,
        metadata,
        compressors,
        rowStart: start,
        rowEnd: end,
        utf8: false,
        parsers: PARSERS,
      });
      start = end;
      yield rows.map((row) => convertGroup(row, schema));
    }
  },
};

/** A page of nothing is packed too; what unpacks it expects something. */
function withEmptyPages(compressors: Compressors): Compressors {
  return Object.fromEntries(
    Object.entries(compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number) => (length === 0 ? new Uint8Array(0) : unpack(input, length)),
    ]),
  );
}

const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => pythonTime(Number(millis) * 1000),
  timestampFromMicroseconds: (micros: bigint) => pythonTime(Number(micros)),
  timestampFromNanoseconds: (nanos: bigint) => pythonTime(Number(nanos / 1000n)),
  dateFromDays: (days: number) => new Date(days * 86_400_000).toISOString().slice(0, 10),
};

/** As Python shows a datetime: `2024-05-01 12:00:00`, with a fraction only where there is one. */
function pythonTime(micros: number): string {
  const text = new Date(Math.floor(micros / 1000)).toISOString().slice(0, 19).replace('T', ' ');
  const fraction = ((micros % 1e6) + 1e6) % 1e6;
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0')}`;
}

function convertGroup(group: Readonly<Record<string, unknown>>, { children }: SchemaTree): Row {
  const row: Record<string, unknown> = {};
  for (const child of children) row[child.element.name] = convert(group[child.element.name], child);
  return row;
}

/** Values as Python has them: whole numbers stay so, floats show as such, bytes are text where they can be. */
function convert(value: unknown, node: SchemaTree): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (Array.isArray(value)) {
    const item = itemOf(node);
    return value.map((one) => convert(one, item));
  }
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return isFloating(node) ? asFloat(value) : value;
  if (value instanceof Uint8Array) return textOf(value);
  // Lists of fixed sizes and numbers come as typed arrays.
  if (ArrayBuffer.isView(value)) {
    const item = itemOf(node);
    return Array.from(value as unknown as ArrayLike<number | bigint>, (one) => convert(one, item));
  }
  return convertGroup(value as Readonly<Record<string, unknown>>, node);
}

/** The node of a list's items: `list.element`, or the repeated node itself as old writers have it. */
function itemOf(node: SchemaTree): SchemaTree {
  const [only] = node.children;
  if (node.children.length !== 1 || only === undefined || node.element.repetition_type === 'REPEATED') return node;
  if (only.element.repetition_type !== 'REPEATED') return node;
  const isThreeLevels =
    only.children.length === 1 && only.element.name !== 'array' && !/_tuple$/.test(only.element.name);
  return isThreeLevels ? only.children[0]! : only;
}

function isFloating({ element }: SchemaTree): boolean {
  const { type, logical_type: logical, converted_type: converted } = element;
  return type === 'FLOAT' || type === 'DOUBLE' || logical?.type === 'FLOAT16' || converted === 'DECIMAL';
}

/** Pictures and sounds are no text: they are left out. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * `local:` of a task file: the layouts in which a data set lies where its authors publish it, beside its form on a hub, and how their
 * columns become the columns the task's templates name. Either form gives the same docs and the same prompts.
 */
import { z } from 'zod';
import { LibraError } from '../../domain/errors.ts';
import type { YamlFields } from '../tasks/read-yaml.ts';

const fileNames = z.union([z.string(), z.array(z.string())]).transform((value) => [value].flat());

export type ColumnSource = string | number | readonly ColumnSource[] | { readonly [key: string]: ColumnSource };

const columnSource: z.ZodType<ColumnSource> = z.lazy(() =>
  z.union([z.string(), z.number(), z.array(columnSource), z.record(z.string(), columnSource)]),
);

const layout = z.strictObject({
  folders: fileNames.default(['.']),
  files: z.record(z.string(), fileNames),
  options: z.record(z.string(), z.unknown()).default({}),
  join: z.strictObject({ file: z.string(), by: z.string() }).nullish(),
  columns: z.union([z.array(z.string()), z.record(z.string(), columnSource)]).nullish(),
});

export interface LocalLayout {
  /** Where the files are below a directory of data sets; `.` is the directory itself. */
  readonly folders: readonly string[];
  /** Split -> its files; `{{ dataset_name }}` stands for the task's own, the last part of a path may hold `*`. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** How they are read: what `dataset_kwargs` says for the other form. */
  readonly options: YamlFields;
  /** A JSON file with an object for each value of the column `by`, whose keys the rows lack. */
  readonly join: { readonly file: string; readonly by: string } | null;
  /** The task's columns, and no others; null keeps the file's. */
  readonly columns: Readonly<Record<string, ColumnSource>> | null;
}

const layouts = z.array(layout);

/**
 * One layout or a list of them, the likeliest first.
 * @throws LibraError LIBRA_TASK_INVALID
 */
export function readLocalLayouts(fields: YamlFields, file: string): readonly LocalLayout[] {
  if (fields.local == null) return [];
  const parsed = layouts.safeParse([fields.local].flat());
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw new LibraError(
      'LIBRA_TASK_INVALID',
      `${file}: \`local.${issue.path.slice(1).join('.')}\`: ${issue.message}.`,
      {
        hint: 'A layout has the keys folders, files (split -> file), options, join and columns.',
      },
    );
  }
  const own = String(fields.dataset_name ?? '');
  const named = (text: string, name = own) => text.replace(/\{\{\s*dataset_name\s*\}\}/g, () => name);
  const quoted = `{{ ${JSON.stringify(own)} }}`;
  return parsed.data.map(({ folders, files, options, join, columns }) => ({
    folders,
    files: Object.fromEntries(Object.entries(files).map(([split, names]) => [split, names.map((name) => named(name))])),
    options,
    join: join ?? null,
    columns: columns == null ? null : columnsOf(columns, (source) => named(source, quoted)),
  }));
}

function columnsOf(
  columns: readonly string[] | Readonly<Record<string, ColumnSource>>,
  named: (text: string) => string,
): Readonly<Record<string, ColumnSource>> {
  const fill = (source: ColumnSource): ColumnSource => {
    if (typeof source === 'string') return named(source);
    if (typeof source === 'number') return source;
    if (isList(source)) return source.map(fill);
    return Object.fromEntries(Object.entries(source).map(([key, inner]) => [key, fill(inner)]));
  };
  if (isList(columns)) return Object.fromEntries(columns.map((name) => [name, name]));
  return Object.fromEntries(Object.entries(columns).map(([name, source]) => [name, fill(source)]));
}

function isList<T>(value: readonly T[] | object): value is readonly T[] {
  return Array.isArray(value);
}

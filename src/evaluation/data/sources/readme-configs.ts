/** What a data set's README.md says of its files: the `configs:` of its YAML head, as the Hugging Face hub reads it. */
import { parse } from 'yaml';

export interface DatasetConfig {
  readonly name: string;
  readonly isDefault: boolean;
  /** Patterns by split; `null` when the files are named without one. */
  readonly files: readonly { readonly split: string | null; readonly patterns: readonly string[] }[];
  /** How its files are read (`sep`, `field`, ...). */
  readonly options: Readonly<Record<string, unknown>>;
}

/** Empty when there is no head, or nothing about configs in it. */
export function readmeConfigs(readme: string): DatasetConfig[] {
  const head = /^\uFEFF?---\r?\n([\s\S]*?)\r?\n---/.exec(readme)?.[1];
  if (head === undefined) return [];
  let fields: unknown;
  try {
    fields = parse(head, { maxAliasCount: 100 });
  } catch {
    // A card is written for people first: what can't be read there says nothing of the files.
    return [];
  }
  const { configs } = (fields ?? {}) as { configs?: unknown };
  return Array.isArray(configs) ? configs.flatMap((entry) => configOf(entry) ?? []) : [];
}

const OPTIONS = ['sep', 'delimiter', 'field', 'names', 'column_names', 'header', 'encoding'];

function configOf(entry: unknown): DatasetConfig | null {
  if (typeof entry !== 'object' || entry === null) return null;
  const { config_name, data_files, data_dir, ...rest } = entry as Readonly<Record<string, unknown>>;
  if (typeof config_name !== 'string') return null;
  const within = typeof data_dir === 'string' && data_dir !== '.' ? `${data_dir.replace(/^\.\/|\/$/g, '')}/` : '';
  const patternsOf = (listed: unknown) =>
    [listed]
      .flat()
      .filter((pattern) => typeof pattern === 'string')
      .map((pattern) => within + pattern.replace(/^\.\//, ''));
  const entries = data_files == null && within !== '' ? ['**'] : [data_files].flat();
  const files = entries.flatMap((one: unknown) => {
    if (typeof one === 'string') return [{ split: null, patterns: patternsOf(one) }];
    if (typeof one !== 'object' || one === null) return [];
    const { split, path } = one as { split?: unknown; path?: unknown };
    if (path !== undefined) return [{ split: typeof split === 'string' ? split : null, patterns: patternsOf(path) }];
    return Object.entries(one).map(([name, listed]) => ({ split: name, patterns: patternsOf(listed) }));
  });
  const options = Object.fromEntries(Object.entries(rest).filter(([key]) => OPTIONS.includes(key)));
  return { name: config_name, isDefault: rest.default === true || config_name === 'default', files, options };
}

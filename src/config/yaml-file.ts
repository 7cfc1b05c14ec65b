/** The configuration file as written, with the line of every key. */
import { readFileSync } from 'node:fs';
import { isMap, isPair, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import { LibraError, messageOf } from '../domain/errors.ts';

export interface YamlFile {
  readonly file: string;
  /** Plain values; an empty file is an empty object. */
  readonly raw: unknown;
  /** Line of a key, or of its nearest parent that stands in the file. */
  lineOf(path: readonly PropertyKey[]): number;
}

/** @throws LIBRA_CONFIG_INVALID for a file that cannot be read or is no YAML, with the line of each mistake */
export function readYamlFile(file: string): YamlFile {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new LibraError('LIBRA_CONFIG_INVALID', `The configuration ${file} cannot be read: ${messageOf(error)}.`, {
      hint: 'Name an existing file with --config, or leave it out: every key has a default.',
      cause: error,
    });
  }
  const lines = new LineCounter();
  // The parser's own pretty messages quote the line, which may hold a secret.
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false, merge: true, uniqueKeys: true });
  const [document, second] = 'empty' in documents ? [] : documents;
  if (second) throw invalid(file, [`${file}: there is more than one document (---) in it`]);
  if (!document) return { file, raw: {}, lineOf: () => 1 };
  if (document.errors.length > 0) {
    throw invalid(
      file,
      document.errors.map((error) => {
        const { line, col } = lines.linePos(error.pos[0]);
        return `${file}:${line}:${col}: ${error.code === 'DUPLICATE_KEY' ? 'this key stands here twice' : error.message}`;
      }),
    );
  }
  let raw: unknown;
  try {
    raw = document.toJS() ?? {};
  } catch (error) {
    throw invalid(file, [`${file}: ${messageOf(error)}`]);
  }
  return {
    file,
    raw,
    lineOf: (path) => {
      const offset = offsetOf(document.contents, path);
      return offset === null ? 1 : lines.linePos(offset).line;
    },
  };
}

function invalid(file: string, places: readonly string[]): LibraError {
  return new LibraError('LIBRA_CONFIG_INVALID', `The configuration is not valid YAML.\n${places.join('\n')}`, {
    hint: `Mend ${file} at the ${places.length === 1 ? 'line' : 'lines'} named.`,
  });
}

/** Where the key (in a list: the element) at the path begins; its nearest parent where the path goes further than the file. */
function offsetOf(node: unknown, path: readonly PropertyKey[]): number | null {
  const [first, ...rest] = path;
  if (first === undefined) return startOf(node);
  if (isMap(node)) {
    const pair = node.items.find(
      (item) => isPair(item) && String((item.key as { value?: unknown } | null)?.value ?? item.key) === String(first),
    );
    if (!pair) return startOf(node);
    const here = startOf(pair.key);
    return rest.length === 0 ? here : (offsetOf(pair.value, rest) ?? here);
  }
  if (isSeq(node) && typeof first === 'number') return offsetOf(node.items[first], rest) ?? startOf(node);
  return startOf(node);
}

function startOf(node: unknown): number | null {
  return (node as Node | null)?.range?.[0] ?? null;
}
